#include "agent/api/openapi/document.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "agent/api/custom/publish.h"
#include "agent/api/openapi/definitions.h"

namespace ordinal::api::openapi {
namespace {

Json Core() {
  static const Json document = Json::parse(DocumentV3({"", "v1"}));
  return document;
}

Json Schema(const Json& document, const std::string& name) {
  const Json& schemas = document["components"]["schemas"];
  EXPECT_TRUE(schemas.contains("io.k8s." + name)) << name;
  return schemas.value("io.k8s." + name, Json::object());
}

Json PropertyOf(const Json& document, const std::string& type, const std::string& field) {
  return Schema(document, type)["properties"].value(field, Json());
}

/// Every "$ref" below a value.
void References(const Json& value, std::set<std::string>& found) {
  if (value.is_object() && value.contains("$ref") && value["$ref"].is_string()) found.insert(value["$ref"]);
  if (value.is_structured()) {
    for (const Json& each : value) References(each, found);
  }
}

TEST(Document, EveryReferenceLeadsSomewhere) {
  for (const GroupVersion version : ServedVersions()) {
    const Json document = Json::parse(DocumentV3(version));
    std::set<std::string> references;
    References(document, references);
    for (const std::string& each : references) {
      ASSERT_TRUE(each.starts_with("#/components/schemas/")) << each;
      EXPECT_TRUE(document["components"]["schemas"].contains(each.substr(21))) << each;
    }
  }
  const Json all = Json::parse(DocumentV2());
  std::set<std::string> references;
  References(all, references);
  EXPECT_GT(references.size(), 100U);
  for (const std::string& each : references) {
    ASSERT_TRUE(each.starts_with("#/definitions/")) << each;
    EXPECT_TRUE(all["definitions"].contains(each.substr(14))) << each;
  }
}

TEST(Document, TypesHaveTheNamesOfTheReference) {
  const Json apps = Json::parse(DocumentV3({"apps", "v1"}));
  for (const char* name :
       {"api.apps.v1.StatefulSet", "api.apps.v1.StatefulSetList", "api.apps.v1.StatefulSetSpec", "api.core.v1.PodSpec",
        "api.core.v1.PodTemplateSpec", "api.core.v1.PersistentVolumeClaim", "api.autoscaling.v1.Scale",
        "apimachinery.pkg.apis.meta.v1.ObjectMeta", "apimachinery.pkg.apis.meta.v1.LabelSelector",
        "apimachinery.pkg.api.resource.Quantity", "apimachinery.pkg.util.intstr.IntOrString"}) {
    Schema(apps, name);
  }
  const Json storage = Json::parse(DocumentV3({"storage.k8s.io", "v1"}));
  Schema(storage, "api.storage.v1.StorageClass");
  Schema(storage, "api.core.v1.TopologySelectorTerm");
  const Json slices = Json::parse(DocumentV3({"discovery.k8s.io", "v1"}));
  Schema(slices, "api.discovery.v1.EndpointPort");
  Schema(Core(), "api.core.v1.EndpointPort");
}

TEST(Document, AnOldVersionHasTypesOfItsOwnAndNeedsNoSelector) {
  const Json old = Json::parse(DocumentV3({"apps", "v1beta1"}));
  EXPECT_EQ(Schema(old, "api.apps.v1beta1.StatefulSet")["x-kubernetes-group-version-kind"],
            Json::array({{{"group", "apps"}, {"version", "v1beta1"}, {"kind", "StatefulSet"}}}));
  EXPECT_EQ(Schema(old, "api.apps.v1beta1.StatefulSetSpec")["required"], Json::array({"template"}));
  Schema(old, "api.core.v1.PodSpec");
  EXPECT_FALSE(old["components"]["schemas"].contains("io.k8s.api.apps.v1.StatefulSetSpec"));
  const Json apps = Json::parse(DocumentV3({"apps", "v1"}));
  EXPECT_EQ(Schema(apps, "api.apps.v1.StatefulSetSpec")["required"], Json::array({"selector", "template"}));
}

struct Merged {
  std::string type, field, expected;
};

TEST(Document, FieldsSayHowTheyMerge) {
  const Merged cases[] = {
      {"api.core.v1.PodSpec", "containers",
       R"({"x-kubernetes-list-map-keys":["name"],"x-kubernetes-list-type":"map","x-kubernetes-patch-merge-key":"name",
           "x-kubernetes-patch-strategy":"merge"})"},
      {"api.core.v1.PodSpec", "volumes",
       R"({"x-kubernetes-list-map-keys":["name"],"x-kubernetes-list-type":"map","x-kubernetes-patch-merge-key":"name",
           "x-kubernetes-patch-strategy":"merge,retainKeys"})"},
      {"api.core.v1.Container", "ports",
       R"({"x-kubernetes-list-map-keys":["containerPort","protocol"],"x-kubernetes-list-type":"map",
           "x-kubernetes-patch-merge-key":"containerPort","x-kubernetes-patch-strategy":"merge"})"},
      {"apimachinery.pkg.apis.meta.v1.ObjectMeta", "finalizers",
       R"({"x-kubernetes-list-type":"set","x-kubernetes-patch-strategy":"merge"})"},
      {"api.core.v1.Container", "command", R"({"x-kubernetes-list-type":"atomic"})"},
      {"api.core.v1.PodSpec", "nodeSelector", R"({"x-kubernetes-map-type":"atomic"})"},
      {"api.core.v1.Container", "image", "{}"},
  };
  for (const Merged& each : cases) {
    Json marks = Json::object();
    const Json property = PropertyOf(Core(), each.type, each.field);
    for (const auto& [name, value] : property.items()) {
      if (name.starts_with("x-")) marks[name] = value;
    }
    EXPECT_EQ(marks, Json::parse(each.expected)) << each.type << "." << each.field;
  }
  EXPECT_EQ(Schema(Core(), "apimachinery.pkg.apis.meta.v1.LabelSelector").value("x-kubernetes-map-type", ""), "atomic");
}

TEST(Document, FieldsHaveTheTypesOfTheReference) {
  const std::string core = "api.core.v1.", ref = "#/components/schemas/io.k8s.";
  EXPECT_EQ(PropertyOf(Core(), core + "ContainerPort", "containerPort")["format"], "int32");
  EXPECT_EQ(PropertyOf(Core(), core + "ContainerPort", "protocol")["default"], "TCP");
  EXPECT_EQ(PropertyOf(Core(), core + "ServicePort", "targetPort")["allOf"][0]["$ref"],
            ref + "apimachinery.pkg.util.intstr.IntOrString");
  EXPECT_EQ(PropertyOf(Core(), core + "ResourceRequirements", "limits")["additionalProperties"]["$ref"],
            ref + "apimachinery.pkg.api.resource.Quantity");
  EXPECT_EQ(PropertyOf(Core(), core + "Event", "eventTime")["allOf"][0]["$ref"],
            ref + "apimachinery.pkg.apis.meta.v1.MicroTime");
  EXPECT_EQ(PropertyOf(Core(), core + "PodSpec", "containers")["items"]["$ref"], ref + core + "Container");
  EXPECT_EQ(Schema(Core(), core + "Container")["required"], Json::array({"name"}));
  const std::vector<std::string> fields = {"apiVersion", "items", "kind", "metadata"};
  for (const auto& field : fields) EXPECT_FALSE(PropertyOf(Core(), core + "PodList", field).is_null()) << field;
}

struct Listed {
  std::string type, field, words;
};

TEST(Document, WordsOfAFieldAreListed) {
  const Listed cases[] = {
      {"api.core.v1.PodSpec", "restartPolicy", R"(["Always","Never","OnFailure"])"},
      {"api.core.v1.PodSpec", "dnsPolicy", R"(["ClusterFirst","ClusterFirstWithHostNet","Default","None"])"},
      {"api.core.v1.PodSpec", "schedulerName", "null"},
      {"api.core.v1.Container", "imagePullPolicy", R"(["Always","IfNotPresent","Never"])"},
      {"api.core.v1.Container", "restartPolicy", "null"},
      {"api.core.v1.Toleration", "effect", R"(["NoExecute","NoSchedule","PreferNoSchedule"])"},
      {"api.core.v1.HostPathVolumeSource", "type",
       R"(["","BlockDevice","CharDevice","Directory","DirectoryOrCreate","File","FileOrCreate","Socket"])"},
      {"api.core.v1.ServiceSpec", "type", R"(["ClusterIP","ExternalName","LoadBalancer","NodePort"])"},
      {"api.core.v1.NamespaceStatus", "phase", R"(["Active","Terminating"])"},
  };
  for (const Listed& each : cases) {
    const Json property = PropertyOf(Core(), each.type, each.field);
    EXPECT_EQ(property.value("enum", Json()), Json::parse(each.words)) << each.type << "." << each.field;
  }
  const Json modes = PropertyOf(Core(), "api.core.v1.PersistentVolumeClaimSpec", "accessModes");
  EXPECT_FALSE(modes.contains("enum")) << "the items are words, not the list";
  EXPECT_EQ(modes["items"]["enum"].size(), 4U);
  const Json v2 =
      Json::parse(DocumentV2())["definitions"]["io.k8s.api.apps.v1.DeploymentStrategy"]["properties"]["type"];
  EXPECT_EQ(v2["enum"], Json::array({"Recreate", "RollingUpdate"}));
  EXPECT_TRUE(v2["description"].get<std::string>().ends_with(
      "\n\nPossible enum values:\n - `\"Recreate\"`\n - `\"RollingUpdate\"`"))
      << v2;
}

/// Every word that has a default is among those that are listed, and lists are in order.
void ExpectSoundWords(const StructType& type, std::set<const StructType*>& seen) {
  if (!seen.insert(&type).second) return;
  for (const Field& field : type.fields) {
    if (field.of != nullptr) ExpectSoundWords(*field.of, seen);
    const std::string at = std::string(type.name) + "." + std::string(field.name);
    EXPECT_TRUE(std::is_sorted(field.words.begin(), field.words.end())) << at;
    if (field.words.empty() || field.fallback.empty()) continue;
    const auto fallback = Json::parse(field.fallback).get<std::string>();
    EXPECT_NE(std::find(field.words.begin(), field.words.end(), fallback), field.words.end()) << at;
  }
}

TEST(Document, ListedWordsAreInOrderAndHaveTheDefault) {
  std::set<const StructType*> seen;
  for (const KindInfo* info : AllKinds()) ExpectSoundWords(*info->schema, seen);
  EXPECT_GT(seen.size(), 200U);
}

TEST(Document, PatchHasTheParametersKubectlLooksFor) {
  std::ifstream in(std::string(ORDINAL_TEST_DATA) + "/discovery/openapi-v3-patch-parameters.json");
  const Json recorded = Json::parse(in);
  size_t patches = 0;
  for (const GroupVersion version : ServedVersions()) {
    const Json document = Json::parse(DocumentV3(version));
    for (const auto& [path, item] : document["paths"].items()) {
      if (!item.contains("patch") || item["patch"]["x-kubernetes-action"] != "patch") continue;
      ++patches;
      Json found = Json::array();
      for (const Json& parameter : item["patch"]["parameters"]) {
        found.push_back({{"name", parameter["name"]}, {"in", parameter["in"]}});
      }
      EXPECT_EQ(found, recorded) << path;
      EXPECT_EQ(item["patch"]["x-kubernetes-group-version-kind"].size(), 3U) << path;
    }
  }
  EXPECT_GT(patches, 10U);
}

TEST(Document, OperationsHaveTheNamesOfTheReference) {
  const Json paths = Core()["paths"];
  const auto id = [&](const std::string& path, const std::string& method) {
    return paths.value(path, Json::object()).value(method, Json::object()).value("operationId", "");
  };
  EXPECT_EQ(id("/api/v1/pods", "get"), "listCoreV1PodForAllNamespaces");
  EXPECT_EQ(id("/api/v1/namespaces/{namespace}/pods", "get"), "listCoreV1NamespacedPod");
  EXPECT_EQ(id("/api/v1/namespaces/{namespace}/pods", "post"), "createCoreV1NamespacedPod");
  EXPECT_EQ(id("/api/v1/namespaces/{namespace}/pods", "delete"), "deleteCoreV1CollectionNamespacedPod");
  EXPECT_EQ(id("/api/v1/namespaces/{namespace}/pods/{name}", "put"), "replaceCoreV1NamespacedPod");
  EXPECT_EQ(id("/api/v1/nodes/{name}", "get"), "readCoreV1Node");
  EXPECT_EQ(id("/api/v1/namespaces/{name}", "delete"), "deleteCoreV1Namespace");
  EXPECT_EQ(id("/api/v1/namespaces", "delete"), "") << "namespaces go one by one";
}

TEST(Document, NoTypeStandsTwice) {
  struct Case {
    const char *group, *kind, *full_name;
  };
  const Case cases[] = {
      {"core.api.k8s.io", "Pod", "io.k8s.api.core.v1.Pod"},
      {"meta.apis.pkg.apimachinery.k8s.io", "Time", "io.k8s.apimachinery.pkg.apis.meta.v1.Time"},
      {"example.com", "ThingList", "com.example.v1.ThingList"},
      {"example.com", "Thing", "com.example.v1.Thing"},
  };
  std::vector<std::shared_ptr<const custom::CustomKind>> kinds;
  for (const Case& each : cases) {
    const Json names = {{"kind", each.kind}, {"plural", std::string(each.kind) + "s"}, {"listKind", "Some"}};
    const Json version = {{"name", "v1"}, {"served", true}, {"storage", true}};
    const Json spec = {{"group", each.group}, {"versions", Json::array({version})}};
    kinds.push_back(custom::CustomKind::Make({{"spec", spec}}, names));
  }
  PublishKinds(std::move(kinds), SteadyTime());
  const KindList then = AllKinds();
  PublishKinds({}, SteadyTime());  // as when they go while a document is written
  for (const std::string& text : {DocumentV2(then), DocumentV3({"example.com", "v1"}, then)}) {
    std::set<std::string> names;
    for (size_t at = text.find("\":{"); at != std::string::npos; at = text.find("\":{", at + 1)) {
      const size_t start = text.rfind('"', at - 1) + 1;
      const std::string name = text.substr(start, at - start);
      const bool is_type = name.find(".v1.") != std::string::npos;
      EXPECT_TRUE(!is_type || names.insert(name).second) << name;
    }
    EXPECT_TRUE(names.contains("com.example.v1.Thing"));
  }
  const Json pod = Json::parse(DocumentV2(then))["definitions"]["io.k8s.api.core.v1.Pod"];
  EXPECT_EQ(pod["x-kubernetes-group-version-kind"][0]["group"], "") << "the program's own";
  for (const Case& each : cases) {
    EXPECT_NE(DocumentV2(then).find('"' + std::string(each.full_name) + "\":"), std::string::npos) << each.full_name;
  }
}

TEST(Document, NoOperationIdStandsTwice) {
  std::set<std::string> ids;
  const Json all = Json::parse(DocumentV2());
  for (const auto& [path, item] : all["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (operation.is_object()) {
        EXPECT_TRUE(ids.insert(operation["operationId"]).second) << operation["operationId"];
      }
    }
  }
  EXPECT_GT(ids.size(), 100U);
}

}  // namespace
}  // namespace ordinal::api::openapi
