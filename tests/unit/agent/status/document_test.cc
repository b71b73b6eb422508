#include "agent/status/document.h"

#include <gtest/gtest.h>

namespace ordinal::status {
namespace {

using api::Json;

TEST(StatusDocument, IsReadBackAsItWasWritten) {
  const Json document = Json::parse(R"({
      "phase":"Running","reason":"Why","message":"because","qosClass":"Burstable","observedGeneration":3,
      "hostIP":"192.0.2.1","hostIPs":[{"ip":"192.0.2.1"},{"ip":"fd00::1"}],
      "podIP":"10.244.0.2","podIPs":[{"ip":"10.244.0.2"}],"startTime":"2026-01-01T00:00:00Z",
      "conditions":[{"type":"Ready","status":"False","lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:01Z",
        "reason":"ContainersNotReady","message":"not yet","observedGeneration":2}],
      "initContainerStatuses":[{"name":"i","image":"b","imageID":"sha256:1","containerID":"containerd://1",
        "ready":true,"started":false,"restartCount":0,"lastState":{},
        "state":{"terminated":{"exitCode":0,"reason":"Completed","containerID":"containerd://1",
          "startedAt":"2026-01-01T00:00:02Z","finishedAt":"2026-01-01T00:00:03Z"}}}],
      "containerStatuses":[
        {"name":"a","image":"b","imageID":"sha256:1","containerID":"containerd://2","ready":true,"started":true,
          "restartCount":2,"state":{"running":{"startedAt":"2026-01-01T00:00:05Z"}},
          "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","message":"last words",
            "containerID":"containerd://3","startedAt":"2026-01-01T00:00:03Z","finishedAt":"2026-01-01T00:00:04Z"}},
          "volumeMounts":[{"name":"data","mountPath":"/data"},
            {"name":"ro","mountPath":"/ro","readOnly":true,"recursiveReadOnly":"Disabled"},
            {"name":"down","mountPath":"/down","readOnly":true,"recursiveReadOnly":"Enabled"}]},
        {"name":"w","image":"c","imageID":"","ready":false,"started":false,"restartCount":0,"lastState":{},
          "state":{"waiting":{"reason":"ImagePullBackOff","message":"no such host"}}}]})");
  EXPECT_EQ(DocumentOf(api::ReadPodStatus(document)), document);
}

TEST(StatusDocument, OfNothingSaid) { EXPECT_EQ(DocumentOf(api::PodStatus()), Json::parse(R"({"phase":""})")); }

}  // namespace
}  // namespace ordinal::status
