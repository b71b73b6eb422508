// Probes and lifecycle hooks of a container.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kProbeFields[] = {
    Struct("exec", kExecAction),
    Default(Int32("failureThreshold"), "3"),
    Struct("grpc", kGRPCAction),
    Struct("httpGet", kHTTPGetAction),
    Int32("initialDelaySeconds"),
    Default(Int32("periodSeconds"), "10"),
    Default(Int32("successThreshold"), "1"),
    Struct("tcpSocket", kTCPSocketAction),
    Int64("terminationGracePeriodSeconds"),
    Default(Int32("timeoutSeconds"), "1"),
};

constexpr Field kExecActionFields[] = {
    List(String("command")),
};

constexpr Field kGRPCActionFields[] = {
    Int32("port"),
    Default(String("service"), R"("")"),
};

constexpr Field kHTTPGetActionFields[] = {
    String("host"),      List(Struct("httpHeaders", kHTTPHeader)), Default(String("path"), R"("/")"),
    IntOrString("port"), Default(String("scheme"), R"("HTTP")"),
};

constexpr Field kHTTPHeaderFields[] = {
    Required(String("name")),
    String("value"),
};

constexpr Field kTCPSocketActionFields[] = {
    String("host"),
    IntOrString("port"),
};

constexpr Field kSleepActionFields[] = {
    Int64("seconds"),
};

constexpr Field kLifecycleFields[] = {
    Struct("postStart", kLifecycleHandler),
    Struct("preStop", kLifecycleHandler),
};

constexpr Field kLifecycleHandlerFields[] = {
    Struct("exec", kExecAction),
    Struct("httpGet", kHTTPGetAction),
    Struct("sleep", kSleepAction),
    Struct("tcpSocket", kTCPSocketAction),
};

}  // namespace

constinit const StructType kProbe{"Probe", kProbeFields};
constinit const StructType kExecAction{"ExecAction", kExecActionFields};
constinit const StructType kGRPCAction{"GRPCAction", kGRPCActionFields};
constinit const StructType kHTTPGetAction{"HTTPGetAction", kHTTPGetActionFields};
constinit const StructType kHTTPHeader{"HTTPHeader", kHTTPHeaderFields};
constinit const StructType kTCPSocketAction{"TCPSocketAction", kTCPSocketActionFields};
constinit const StructType kSleepAction{"SleepAction", kSleepActionFields};
constinit const StructType kLifecycle{"Lifecycle", kLifecycleFields};
constinit const StructType kLifecycleHandler{"LifecycleHandler", kLifecycleHandlerFields};

}  // namespace ordinal::api::schema
