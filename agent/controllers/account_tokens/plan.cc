#include "agent/controllers/account_tokens/plan.h"

#include "agent/api/base64.h"
#include "agent/api/read.h"

namespace ordinal::controllers::account_tokens {
namespace {

using api::Json;

std::string Annotation(const api::Meta& meta, const char* name) {
  const auto found = meta.annotations.find(name);
  return found == meta.annotations.end() ? std::string() : found->second;
}

bool Has(const Json& secret, const char* key) { return !api::ReadString(api::Member(secret, "data"), key).empty(); }

}  // namespace

std::string AccountOf(const api::Object& secret) {
  return objects::HoldsToken(secret) ? Annotation(api::ReadMeta(secret.body()), kAccountName) : std::string();
}

Plan MakePlan(const api::Object& secret, const std::string& account_uid, WallTime now) {
  Plan plan;
  const Json& body = secret.body();
  const api::Meta meta = api::ReadMeta(body);
  if (AccountOf(secret).empty() || meta.deleting()) return plan;
  const std::string uid = Annotation(meta, kAccountUid);
  const WallTime patience = meta.created.value_or(now) + kPatience;
  if (account_uid.empty() && uid.empty() && now < patience) {
    plan.again = patience;
    return plan;
  }
  if (account_uid.empty() || (!uid.empty() && uid != account_uid)) {
    plan.type = Plan::Type::kRemove;
    return plan;
  }
  const auto ends = ParseTime(Annotation(meta, kTokenEnds));  // nothing: the token is somebody's own, and stays
  const bool old = ends.ok() && *ends <= now + kLife / 2;
  plan.new_token = !Has(body, "token") || old;
  if (!plan.new_token && ends.ok()) plan.again = *ends - kLife / 2;
  const bool whole = !plan.new_token && !uid.empty() && Has(body, "ca.crt") && Has(body, "namespace");
  plan.type = whole ? Plan::Type::kNothing : Plan::Type::kFill;
  return plan;
}

bool Fill(const Content& content, Json& secret) {
  const Json before = secret;
  Json& annotations = secret["metadata"]["annotations"];
  annotations[kAccountUid] = content.account_uid;
  Json& data = secret["data"];
  if (!data.is_object()) data = Json::object();
  if (!content.token.empty()) {
    data["token"] = api::EncodeBase64(content.token);
    annotations[kTokenEnds] = content.ends;
  }
  const std::string ns = api::ReadString(api::Member(secret, "metadata"), "namespace");
  if (!Has(secret, "ca.crt")) data["ca.crt"] = api::EncodeBase64(content.authority);
  if (!Has(secret, "namespace")) data["namespace"] = api::EncodeBase64(ns);
  return secret != before;
}

}  // namespace ordinal::controllers::account_tokens
