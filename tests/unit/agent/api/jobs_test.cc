// Jobs as they are written, completed, refused, changed and shown.
#include <gmock/gmock.h>

#include "agent/api/kinds/job/index_set.h"
#include "agent/api/kinds/job/labels.h"
#include "agent/api/table.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

Json JobWith(const char* spec = "{}") {
  Json body = Json::parse(R"({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "pi"},
    "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}})");
  body["spec"].merge_patch(Json::parse(spec));
  return body;
}

TEST(JobDefaults, DependOnEachOther) {
  Json spec = MustDecode(JobWith()).body["spec"];
  EXPECT_EQ(spec["completions"], 1);
  EXPECT_EQ(spec["parallelism"], 1);
  EXPECT_EQ(spec["backoffLimit"], 6);
  EXPECT_EQ(spec["completionMode"], "NonIndexed");
  EXPECT_EQ(spec["suspend"], false);
  EXPECT_EQ(spec["manualSelector"], false);
  EXPECT_EQ(spec["podReplacementPolicy"], "TerminatingOrFailed");
  spec = MustDecode(JobWith(R"({"parallelism": 3})")).body["spec"];
  EXPECT_FALSE(spec.contains("completions")) << "the first success is the job's";
  spec = MustDecode(JobWith(R"({"completions": 3})")).body["spec"];
  EXPECT_EQ(spec["parallelism"], 1);
  spec =
      MustDecode(JobWith(R"({"completionMode": "Indexed", "completions": 2, "backoffLimitPerIndex": 1})")).body["spec"];
  EXPECT_EQ(spec["backoffLimit"], 2147483647);
  spec = MustDecode(JobWith(R"({"podFailurePolicy": {"rules": [
    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}]}})"))
             .body["spec"];
  EXPECT_EQ(spec["podReplacementPolicy"], "Failed");
  EXPECT_EQ(spec["podFailurePolicy"]["rules"][0]["onPodConditions"][0]["status"], "True");
  const Json labelled = MustDecode(JobWith(R"({"template": {"metadata": {"labels": {"a": "b"}}}})")).body;
  EXPECT_EQ(labelled["metadata"]["labels"], (Json{{"a", "b"}}));
}

struct JobRule {
  const char *spec, *fault;
};
class JobRules : public testing::TestWithParam<JobRule> {};

TEST_P(JobRules, AreChecked) {
  EXPECT_THAT(Causes(MustFail(JobWith(GetParam().spec)).errors), Contains(std::string(GetParam().fault)));
}

const JobRule kJobRules[] = {
    {R"({"parallelism": -1})", "spec.parallelism FieldValueInvalid"},
    {R"({"completions": -1})", "spec.completions FieldValueInvalid"},
    {R"({"activeDeadlineSeconds": -1})", "spec.activeDeadlineSeconds FieldValueInvalid"},
    {R"({"backoffLimit": -1})", "spec.backoffLimit FieldValueInvalid"},
    {R"({"ttlSecondsAfterFinished": -1})", "spec.ttlSecondsAfterFinished FieldValueInvalid"},
    {R"({"template": {"spec": {"restartPolicy": null}}})", "spec.template.spec.restartPolicy FieldValueRequired"},
    {R"({"template": {"spec": {"restartPolicy": "Always"}}})", "spec.template.spec.restartPolicy FieldValueRequired"},
    {R"({"template": {"spec": {"containers": []}}})", "spec.template.spec.containers FieldValueRequired"},
    {R"({"completionMode": "Sorted"})", "spec.completionMode FieldValueNotSupported"},
    {R"({"completionMode": "Indexed", "parallelism": 1})", "spec.completions FieldValueRequired"},
    {R"({"completionMode": "Indexed", "completions": 1, "parallelism": 100001})", "spec.parallelism FieldValueInvalid"},
    {R"({"backoffLimitPerIndex": 1})", "spec.backoffLimitPerIndex FieldValueInvalid"},
    {R"({"maxFailedIndexes": 1})", "spec.maxFailedIndexes FieldValueInvalid"},
    {R"({"completionMode": "Indexed", "completions": 3, "maxFailedIndexes": 1})",
     "spec.backoffLimitPerIndex FieldValueRequired"},
    {R"({"completionMode": "Indexed", "completions": 3, "backoffLimitPerIndex": 1, "maxFailedIndexes": 4})",
     "spec.maxFailedIndexes FieldValueInvalid"},
    {R"({"completionMode": "Indexed", "completions": 100001, "backoffLimitPerIndex": 1})",
     "spec.maxFailedIndexes FieldValueRequired"},
    {R"({"managedBy": "me"})", "spec.managedBy FieldValueInvalid"},
    {R"({"manualSelector": true})", "spec.selector FieldValueRequired"},
    {R"({"podReplacementPolicy": "Never"})", "spec.podReplacementPolicy FieldValueNotSupported"},
    {R"({"podReplacementPolicy": "TerminatingOrFailed", "podFailurePolicy": {"rules": []}})",
     "spec.podReplacementPolicy FieldValueNotSupported"},
    {R"({"podFailurePolicy": {"rules": []}, "template": {"spec": {"restartPolicy": "OnFailure"}}})",
     "spec.template.spec.restartPolicy FieldValueInvalid"},
    {R"({"podFailurePolicy": {"rules": [{"action": "Ignore"}]}})", "spec.podFailurePolicy.rules[0] FieldValueInvalid"},
    {R"({"podFailurePolicy": {"rules": [{"action": "Shrug", "onExitCodes": {"operator": "In", "values": [1]}}]}})",
     "spec.podFailurePolicy.rules[0].action FieldValueNotSupported"},
    {R"({"podFailurePolicy": {"rules": [{"action": "FailIndex", "onExitCodes": {"operator": "In", "values": [1]}}]}})",
     "spec.podFailurePolicy.rules[0].action FieldValueInvalid"},
    {R"({"podFailurePolicy": {"rules": [{"action": "Count", "onExitCodes": {"operator": "In", "values": [0]}}]}})",
     "spec.podFailurePolicy.rules[0].onExitCodes.values[0] FieldValueInvalid"},
    {R"({"podFailurePolicy": {"rules": [{"action": "Count", "onExitCodes": {"operator": "In", "values": [2, 1]}}]}})",
     "spec.podFailurePolicy.rules[0].onExitCodes.values FieldValueInvalid"},
    {R"({"podFailurePolicy": {"rules": [{"action": "Count", "onExitCodes": {"operator": "In", "values": [1, 1]}}]}})",
     "spec.podFailurePolicy.rules[0].onExitCodes.values[1] FieldValueDuplicate"},
    {R"({"podFailurePolicy": {"rules": [{"action": "Count",
        "onExitCodes": {"containerName": "d", "operator": "In", "values": [1]}}]}})",
     "spec.podFailurePolicy.rules[0].onExitCodes.containerName FieldValueInvalid"},
    {R"({"podFailurePolicy": {"rules": [{"action": "Count", "onPodConditions": [{"type": "A", "status": "Maybe"}]}]}})",
     "spec.podFailurePolicy.rules[0].onPodConditions[0].status FieldValueNotSupported"},
    {R"({"successPolicy": {"rules": [{"succeededCount": 1}]}})", "spec.successPolicy FieldValueInvalid"},
    {R"({"completionMode": "Indexed", "completions": 3, "successPolicy": {"rules": []}})",
     "spec.successPolicy.rules FieldValueRequired"},
    {R"({"completionMode": "Indexed", "completions": 3, "successPolicy": {"rules": [{}]}})",
     "spec.successPolicy.rules[0] FieldValueRequired"},
    {R"({"completionMode": "Indexed", "completions": 3, "successPolicy": {"rules": [{"succeededCount": 4}]}})",
     "spec.successPolicy.rules[0].succeededCount FieldValueInvalid"},
    {R"({"completionMode": "Indexed", "completions": 3, "successPolicy": {"rules": [{"succeededIndexes": "1-3"}]}})",
     "spec.successPolicy.rules[0].succeededIndexes FieldValueInvalid"},
    {R"({"completionMode": "Indexed", "completions": 9,
        "successPolicy": {"rules": [{"succeededIndexes": "1,3", "succeededCount": 3}]}})",
     "spec.successPolicy.rules[0].succeededCount FieldValueInvalid"},
};
INSTANTIATE_TEST_SUITE_P(All, JobRules, testing::ValuesIn(kJobRules));

TEST(JobRules, ANameThatMakesNoHostNameIsRefusedOfIndexedJobsAlone) {
  Json body = JobWith(R"({"completionMode": "Indexed", "completions": 3})");
  body["metadata"]["name"] = "pi.3";
  EXPECT_THAT(Causes(MustFail(body).errors), Contains(std::string("metadata.name FieldValueInvalid")));
  body["spec"].erase("completionMode");
  EXPECT_FALSE(MustDecode(body).body.empty());
}

Json Finished(Json body, std::vector<FieldError>& errors) {
  body = MustDecode(body).body;
  body["metadata"]["uid"] = "u-1";
  FindKind("Job")->finish_new(body, errors);
  return body;
}

TEST(JobSelector, IsMadeOfTheUidAndMayNotBeAnothers) {
  std::vector<FieldError> errors;
  Json body = Finished(JobWith(), errors);
  EXPECT_THAT(Causes(errors), IsEmpty());
  const Json own{{kJobUidLabel, "u-1"}, {kOldJobUidLabel, "u-1"}, {kJobNameLabel, "pi"}, {kOldJobNameLabel, "pi"}};
  EXPECT_EQ(body["spec"]["template"]["metadata"]["labels"], own);
  EXPECT_EQ(body["metadata"]["labels"], own);
  EXPECT_EQ(body["spec"]["selector"], (Json{{"matchLabels", Json{{kJobUidLabel, "u-1"}}}}));

  Finished(JobWith(R"({"template": {"metadata": {"labels": {"controller-uid": "mine"}}}})"), errors);
  EXPECT_THAT(Causes(errors), ElementsAre("spec.template.metadata.labels FieldValueInvalid"));
  errors.clear();
  Finished(JobWith(R"({"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}}})"),
           errors);
  EXPECT_THAT(Causes(errors), ElementsAre("spec.selector FieldValueInvalid"));
}

TEST(JobSelector, WrittenByHandItHasToFitTheTemplate) {
  std::vector<FieldError> errors;
  const Json body = Finished(JobWith(R"({"manualSelector": true, "selector": {"matchLabels": {"a": "b"}},
                  "template": {"metadata": {"labels": {"a": "b"}}}})"),
                             errors);
  EXPECT_THAT(Causes(errors), IsEmpty());
  EXPECT_EQ(body["spec"]["template"]["metadata"]["labels"], (Json{{"a", "b"}}));
  Finished(JobWith(R"({"manualSelector": true, "selector": {"matchLabels": {"a": "c"}},
                       "template": {"metadata": {"labels": {"a": "b"}}}})"),
           errors);
  EXPECT_THAT(Causes(errors), ElementsAre("spec.template.metadata.labels FieldValueInvalid"));
}

/// The faults of changing a stored job to what `change` makes of it.
std::vector<std::string> FaultsOfChange(Json body, const std::function<void(Json&)>& change) {
  const Json before = MustDecode(body).body;
  Json after = before;
  change(after);
  const Decoded decoded = MustDecode(after);
  return Causes(ValidateUpdate(*decoded.kind, decoded.body, before));
}

TEST(JobUpdates, SomeFieldsNeverChange) {
  const Json job = JobWith(R"({"completions": 2, "parallelism": 2})");
  const auto set = [](const char* pointer, Json value) {
    return [pointer, value](Json& body) { body[Json::json_pointer(pointer)] = value; };
  };
  for (const char* member : {"parallelism", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"}) {
    EXPECT_THAT(FaultsOfChange(job, set((std::string("/spec/") + member).c_str(), 7)), IsEmpty()) << member;
  }
  EXPECT_THAT(FaultsOfChange(job, set("/spec/suspend", true)), IsEmpty());
  EXPECT_THAT(FaultsOfChange(job, set("/spec/completions", 3)), ElementsAre("spec.completions FieldValueInvalid"));
  EXPECT_THAT(FaultsOfChange(job, set("/spec/selector", Json{{"matchLabels", Json{{"a", "b"}}}})),
              ElementsAre("spec.selector FieldValueInvalid"));
  EXPECT_THAT(FaultsOfChange(job, set("/spec/managedBy", "a.b/c")), ElementsAre("spec.managedBy FieldValueInvalid"));
  EXPECT_THAT(FaultsOfChange(job, set("/spec/template/spec/containers/0/image", "j")),
              ElementsAre("spec.template FieldValueInvalid"));
  EXPECT_THAT(FaultsOfChange(job, set("/spec/template/spec/nodeSelector", Json{{"a", "b"}})),
              ElementsAre("spec.template FieldValueInvalid"));
}

TEST(JobUpdates, AnIndexedJobGrowsWithItsParallelism) {
  const Json job = JobWith(R"({"completionMode": "Indexed", "completions": 2, "parallelism": 2})");
  EXPECT_THAT(FaultsOfChange(job, [](Json& body) { body["spec"]["completions"] = body["spec"]["parallelism"] = 4; }),
              IsEmpty());
  EXPECT_THAT(FaultsOfChange(job, [](Json& body) { body["spec"]["completions"] = 4; }),
              ElementsAre("spec.completions FieldValueInvalid"));
}

TEST(JobUpdates, WhereThePodsOfAJobThatWasNeverStartedGoMayChange) {
  Json job = JobWith(R"({"suspend": true, "template": {"metadata": {"labels": {"a": "b"}}}})");
  const auto place = [](Json& body) {
    Json& pod = body["spec"]["template"]["spec"];
    pod["nodeSelector"] = Json{{"disk", "fast"}};
    pod["tolerations"] = Json::array({Json{{"key", "k"}, {"operator", "Exists"}}});
    pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"] =
        Json::parse(R"([{"matchExpressions": [{"key": "k", "operator": "Exists"}]}])");
    body["spec"]["template"]["metadata"]["labels"]["queue"] = "q";
    body["spec"]["template"]["metadata"]["annotations"]["queue"] = "q";
  };
  EXPECT_THAT(FaultsOfChange(job, place), IsEmpty());
  EXPECT_THAT(FaultsOfChange(job, [](Json& body) { body["spec"]["template"]["spec"]["containers"][0]["image"] = "j"; }),
              ElementsAre("spec.template FieldValueInvalid"));
  job["status"]["startTime"] = "2026-01-01T00:00:00Z";
  EXPECT_THAT(FaultsOfChange(job, place), ElementsAre("spec.template FieldValueInvalid")) << "it was started once";
}

TEST(JobUpdates, TheTemplateKeepsTheLabelsThatTheJobSelects) {
  const Json job = JobWith(R"({"suspend": true, "manualSelector": true, "selector": {"matchLabels": {"a": "b"}},
    "template": {"metadata": {"labels": {"a": "b", "c": "d"}}}})");
  const auto without = [](const char* label) {
    return [label](Json& body) { body["spec"]["template"]["metadata"]["labels"].erase(label); };
  };
  EXPECT_THAT(FaultsOfChange(job, without("c")), IsEmpty());
  EXPECT_THAT(FaultsOfChange(job, without("a")), ElementsAre("spec.template.metadata.labels FieldValueInvalid"));
}

TEST(IndexSets, AreReadAndWrittenAsIntervals) {
  IndexSet set;
  for (const int64_t index : {7, 3, 1, 4, 5, 9, 10}) set.Add(index);
  EXPECT_EQ(set.ToString(), "1,3-5,7,9,10");
  EXPECT_EQ(set.Count(), 7);
  EXPECT_EQ(IndexSet::Parse("1,3-5,7,9,10", 11).value(), set);
  EXPECT_TRUE(set.Has(4));
  EXPECT_FALSE(set.Has(6));
  EXPECT_THAT(set.Missing(3, 20), ElementsAre(0, 2, 6));
  EXPECT_THAT(set.Missing(99, 9), ElementsAre(0, 2, 6, 8));
  EXPECT_EQ(set.CountIn(IndexSet::Parse("0-3,5-9", 10).value()), 5);
  EXPECT_EQ(IndexSet::Parse("", 5).value().Count(), 0);
  EXPECT_EQ(IndexSet::ParseBelow("1,3-5,7", 5).ToString(), "1,3,4");
  for (const char* wrong : {"a", "1,", ",1", "3-1", "3-3", "1,1", "5", "-1", "1-", "1,,2", " 1"}) {
    EXPECT_FALSE(IndexSet::Parse(wrong, 5).ok()) << wrong;
  }
}

TEST(JobTable, SaysHowFarItIs) {
  const WallTime now = *ParseTime("2026-11-21T23:20:00Z");
  Json body = MustDecode(JobWith(R"({"completions": 3})")).body;
  body["metadata"]["creationTimestamp"] = FormatTime(now - std::chrono::minutes(5));
  body["spec"]["selector"]["matchLabels"]["a"] = "b";
  body["status"] = Json{{"startTime", FormatTime(now - std::chrono::seconds(90))}, {"succeeded", 1}};
  const auto cells = [&] { return TableCells(*FindKind("Job"), body, now); };
  EXPECT_EQ(cells(), Json({"pi", "Running", "1/3", "90s", "5m", "c", "i", "a=b"}));
  body["status"]["conditions"] = Json::array({Json{{"type", "Complete"}, {"status", "True"}}});
  body["status"]["completionTime"] = FormatTime(now - std::chrono::seconds(60));
  EXPECT_EQ(cells()[1], "Complete");
  EXPECT_EQ(cells()[3], "30s");
  body["status"]["conditions"][0]["type"] = "Suspended";
  EXPECT_EQ(cells()[1], "Suspended");
  body["metadata"]["deletionTimestamp"] = FormatTime(now);
  EXPECT_EQ(cells()[1], "Terminating");
  body["spec"].erase("completions");
  body["spec"]["parallelism"] = 2;
  EXPECT_EQ(cells()[2], "1/1 of 2");
}

}  // namespace
}  // namespace ordinal::api
