#include "agent/api/access.h"

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

void Write(Json& out, const char* member, const std::vector<std::string>& words) {
  if (!words.empty()) out[member] = words;
}

}  // namespace

PolicyRule PolicyRule::From(const Json& rule) {
  PolicyRule out;
  out.verbs = ReadStrings(rule, "verbs");
  out.groups = ReadStrings(rule, "apiGroups");
  out.resources = ReadStrings(rule, "resources");
  out.names = ReadStrings(rule, "resourceNames");
  out.paths = ReadStrings(rule, "nonResourceURLs");
  return out;
}

Json PolicyRule::ToJson() const {
  Json out = Json::object();
  out["verbs"] = verbs;
  Write(out, "apiGroups", groups);
  Write(out, "resources", resources);
  Write(out, "resourceNames", names);
  Write(out, "nonResourceURLs", paths);
  return out;
}

std::vector<PolicyRule> ReadRules(const Json& body) {
  std::vector<PolicyRule> rules;
  for (const Json& rule : Items(body, "rules")) rules.push_back(PolicyRule::From(rule));
  return rules;
}

RoleRef RoleRef::From(const Json& body) {
  const Json& ref = Member(body, "roleRef");
  return {ReadString(ref, "apiGroup"), ReadString(ref, "kind"), ReadString(ref, "name")};
}

AccessSubject AccessSubject::From(const Json& subject) {
  return {ReadString(subject, "kind"), ReadString(subject, "apiGroup"), ReadString(subject, "name"),
          ReadString(subject, "namespace")};
}

std::vector<AccessSubject> ReadSubjects(const Json& body) {
  std::vector<AccessSubject> subjects;
  for (const Json& subject : Items(body, "subjects")) subjects.push_back(AccessSubject::From(subject));
  return subjects;
}

}  // namespace ordinal::api
