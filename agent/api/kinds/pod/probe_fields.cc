// Probes and lifecycle handlers.
#include "agent/api/kinds/pod/choices.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kProbeFields[] = {
    In(1, 1, Optional(Struct("exec", kExecAction)), "run a command in the container"),
    Tag(6, Default(Int32("failureThreshold"), "3"), "how many failures in a row count; 3 when absent"),
    In(1, 4, Optional(Struct("grpc", kGRPCAction)), "ask the gRPC health service"),
    In(1, 2, Optional(Struct("httpGet", kHTTPGetAction)), "ask by HTTP; 200 to 399 passes"),
    Tag(2, Int32("initialDelaySeconds"), "seconds to wait after the start"),
    Tag(4, Default(Int32("periodSeconds"), "10"), "seconds from one check to the next; 10 when absent"),
    Tag(5, Default(Int32("successThreshold"), "1"), "how many passes in a row count after a failure; 1 when absent"),
    In(1, 3, Optional(Struct("tcpSocket", kTCPSocketAction)), "open a connection"),
    Tag(7, Optional(Int64("terminationGracePeriodSeconds")), "the grace period when this check ends the container"),
    Tag(3, Default(Int32("timeoutSeconds"), "1"), "seconds after which a check has failed; 1 when absent"),
};

constexpr Field kExecActionFields[] = {
    Tag(1, List(String("command")), "the command, without a shell; exit code 0 passes"),
};

constexpr Field kGRPCActionFields[] = {
    Tag(1, Int32("port"), "the port of the gRPC health service"),
    Tag(2, Optional(Default(String("service"), R"("")")), "the service asked about"),
};

constexpr Field kHTTPGetActionFields[] = {
    Tag(3, String("host"), "the host asked; the pod's address when absent"),
    Tag(5, List(Struct("httpHeaders", kHTTPHeader)), "headers of the request"),
    Tag(1, Default(String("path"), R"("/")"), "the path asked for"),
    Tag(2, IntOrString("port"), "the port, by number or name"),
    Tag(4, Default(OneOf(String("scheme"), kSchemes), R"("HTTP")"), "HTTP (the default) or HTTPS"),
};

constexpr Field kHTTPHeaderFields[] = {
    Tag(1, Required(String("name")), "the header's name"),
    Tag(2, String("value"), "the header's value"),
};

constexpr Field kTCPSocketActionFields[] = {
    Tag(2, String("host"), "the host; the pod's address when absent"),
    Tag(1, IntOrString("port"), "the port, by number or name"),
};

constexpr Field kSleepActionFields[] = {
    Tag(1, Int64("seconds"), "how long"),
};

constexpr Field kLifecycleFields[] = {
    Tag(1, Optional(Struct("postStart", kLifecycleHandler)),
        "done right after the start; when it fails the container is ended"),
    Tag(2, Optional(Struct("preStop", kLifecycleHandler)),
        "done before the container is asked to end, within the grace period"),
    Tag(3, Optional(String("stopSignal")), "the signal that asks it to end (SIGUSR1); the image's when absent"),
};

constexpr Field kLifecycleHandlerFields[] = {
    Tag(1, Optional(Struct("exec", kExecAction)), "run a command in the container"),
    Tag(2, Optional(Struct("httpGet", kHTTPGetAction)), "ask by HTTP"),
    Tag(4, Optional(Struct("sleep", kSleepAction)), "wait"),
    Tag(3, Optional(Struct("tcpSocket", kTCPSocketAction)), "kept for old objects; does nothing"),
};

}  // namespace

constinit const StructType kProbe{"Probe", kProbeFields, "a check repeated while the container runs", false,
                                  &kProbeChoices};
constinit const StructType kExecAction{"ExecAction", kExecActionFields};
constinit const StructType kGRPCAction{"GRPCAction", kGRPCActionFields};
constinit const StructType kHTTPGetAction{"HTTPGetAction", kHTTPGetActionFields};
constinit const StructType kHTTPHeader{"HTTPHeader", kHTTPHeaderFields};
constinit const StructType kTCPSocketAction{"TCPSocketAction", kTCPSocketActionFields};
constinit const StructType kSleepAction{"SleepAction", kSleepActionFields};
constinit const StructType kLifecycle{"Lifecycle", kLifecycleFields};
constinit const StructType kLifecycleHandler{"LifecycleHandler", kLifecycleHandlerFields, {}, false, &kOneMember};

}  // namespace ordinal::api::schema
