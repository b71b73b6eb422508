// How nghttp2 tells a Session what came. HTTP thread only.
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>

namespace ordinal::http::http2 {

class Session;
using Frames = std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)>;

/// A server's side of a connection, whose events `session` gets.
Frames MakeFrames(Session& session);

/// Where nghttp2 takes the bytes of an exchange's body.
nghttp2_data_provider BodyOf(void* exchange);

}  // namespace ordinal::http::http2
