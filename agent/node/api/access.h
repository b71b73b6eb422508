// Which right a path of the node's own API asks for (Kubernetes: pkg/kubelet/server/auth.go, with fine-grained
// authorisation, which is general from 1.36 on). Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/http/message.h"

namespace ordinal::node {

/// Sub-resources of nodes, any of which will do: {"pods", "proxy"}.
std::vector<std::string_view> SubresourcesOf(const http::Request& request);

/// get, create, update, patch, delete; empty for a method that is none of these.
std::string_view AccessVerbOf(const http::Request& request);

/// Who is who, as the Kubernetes API knows it. Called on the HTTP thread.
struct Access {
  std::function<bool(const http::User&)> known;  ///< it showed a credential
  std::function<bool(const http::User&, std::string_view verb, std::string_view subresource)> may;  ///< on this node
  std::function<bool()> complete = nullptr;  ///< all rights are known, which they are not at the start; null: they are
};

/// The answer to who may not: 401 without a credential, 403, and 503 as long as rights may be missing. Everybody may
/// ask for /healthz.
std::optional<http::Response> RefuseAccess(const Access& access, const http::Request& request);

/// A text for people, which is what this API answers where it has nothing else.
http::Response PlainText(int status, std::string text);

}  // namespace ordinal::node
