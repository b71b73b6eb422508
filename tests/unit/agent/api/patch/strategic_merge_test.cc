#include <gtest/gtest.h>

#include "agent/api/kind.h"
#include "agent/api/patch/list_order.h"
#include "agent/api/patch/patch.h"

namespace ordinal::api {
namespace {

struct Case {
  const char* what;
  const char* document;
  const char* patch;
  const char* result;  ///< the document afterwards, or the reason of the error
};

void Check(const char* kind, std::span<const Case> cases) {
  const KindInfo* info = FindKind(kind);
  ASSERT_NE(info, nullptr);
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    const auto result = ApplyStrategicMergePatch(Json::parse(c.document), Json::parse(c.patch), *info->schema);
    if (c.result[0] == '{') {
      ASSERT_TRUE(result.ok()) << result.error().message;
      EXPECT_EQ(*result, Json::parse(c.result));
    } else {
      ASSERT_FALSE(result.ok()) << *result;
      EXPECT_EQ(result.error().reason, c.result) << result.error().message;
    }
  }
}

TEST(StrategicMerge, MergesObjectsAndReplacesPlainValues) {
  const Case cases[] = {
      {"values", R"({"spec":{"nodeName":"a","hostname":"b"}})", R"({"spec":{"nodeName":"c"}})",
       R"({"spec":{"nodeName":"c","hostname":"b"}})"},
      {"null deletes", R"({"spec":{"nodeName":"a","hostname":"b"}})", R"({"spec":{"nodeName":null,"subdomain":null}})",
       R"({"spec":{"hostname":"b"}})"},
      {"maps", R"({"metadata":{"labels":{"a":"1","b":"2"}}})", R"({"metadata":{"labels":{"a":null,"c":"3"}}})",
       R"({"metadata":{"labels":{"b":"2","c":"3"}}})"},
      {"nulls in what is new", R"({})", R"({"spec":{"nodeName":null,"containers":[{"name":"a","image":null}]}})",
       R"({"spec":{"containers":[{"name":"a"}]}})"},
      {"another type", R"({"spec":"x"})", R"({"spec":{"nodeName":"c"}})", R"({"spec":{"nodeName":"c"}})"},
      {"a field nobody knows", R"({"x":{"a":1,"b":[1]}})", R"({"x":{"b":[2]},"y":1})",
       R"({"x":{"a":1,"b":[2]},"y":1})"},
      {"no object", R"({})", R"([])", "BadRequest"},
  };
  Check("Pod", cases);
}

TEST(StrategicMerge, MergesListsByTheirKeys) {
  const Case cases[] = {
      {"containers by name", R"({"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}})",
       R"({"spec":{"containers":[{"name":"b","image":"2"}]}})",
       R"({"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]}})"},
      {"a new container goes before those the patch does not name", R"({"spec":{"containers":[{"name":"a"}]}})",
       R"({"spec":{"containers":[{"name":"b"}]}})", R"({"spec":{"containers":[{"name":"b"},{"name":"a"}]}})"},
      {"container ports by number",
       R"({"spec":{"containers":[{"name":"a","ports":[{"containerPort":80,"name":"x"}]}]}})",
       R"({"spec":{"containers":[{"name":"a","ports":[{"containerPort":80,"name":"y"}]}]}})",
       R"({"spec":{"containers":[{"name":"a","ports":[{"containerPort":80,"name":"y"}]}]}})"},
      {"mounts by path", R"({"spec":{"containers":[{"name":"a","volumeMounts":[{"name":"v","mountPath":"/a"}]}]}})",
       R"({"spec":{"containers":[{"name":"a","volumeMounts":[{"name":"w","mountPath":"/a"}]}]}})",
       R"({"spec":{"containers":[{"name":"a","volumeMounts":[{"name":"w","mountPath":"/a"}]}]}})"},
      {"host aliases by ip", R"({"spec":{"hostAliases":[{"ip":"1.1.1.1","hostnames":["a"]}]}})",
       R"({"spec":{"hostAliases":[{"ip":"1.1.1.1","hostnames":["b"]}]}})",
       R"({"spec":{"hostAliases":[{"ip":"1.1.1.1","hostnames":["b"]}]}})"},
      {"tolerations as a whole", R"({"spec":{"tolerations":[{"key":"a"},{"key":"b"}]}})",
       R"({"spec":{"tolerations":[{"key":"c"}]}})", R"({"spec":{"tolerations":[{"key":"c"}]}})"},
      {"arguments as a whole", R"({"spec":{"containers":[{"name":"a","args":["1","2"]}]}})",
       R"({"spec":{"containers":[{"name":"a","args":["3"]}]}})",
       R"({"spec":{"containers":[{"name":"a","args":["3"]}]}})"},
      {"finalizers as a set", R"({"metadata":{"finalizers":["a","b"]}})", R"({"metadata":{"finalizers":["b","c"]}})",
       R"({"metadata":{"finalizers":["a","b","c"]}})"},
      {"owners by uid", R"({"metadata":{"ownerReferences":[{"uid":"1","name":"a"}]}})",
       R"({"metadata":{"ownerReferences":[{"uid":"1","controller":true}]}})",
       R"({"metadata":{"ownerReferences":[{"uid":"1","name":"a","controller":true}]}})"},
      {"no key", R"({"spec":{"containers":[{"name":"a"}]}})", R"({"spec":{"containers":[{"image":"x"}]}})", "Invalid"},
      {"no object", R"({"spec":{"containers":[{"name":"a"}]}})", R"({"spec":{"containers":[1]}})", "Invalid"},
  };
  Check("Pod", cases);
}

TEST(StrategicMerge, MergesServicePortsByNumber) {
  const Case cases[] = {
      {"by port", R"({"spec":{"ports":[{"port":80,"name":"a"},{"port":81,"name":"b"}]}})",
       R"({"spec":{"ports":[{"port":81,"targetPort":8081}]}})",
       R"({"spec":{"ports":[{"port":80,"name":"a"},{"port":81,"name":"b","targetPort":8081}]}})"},
  };
  Check("Service", cases);
}

TEST(StrategicMerge, FollowsDirectives) {
  const Case cases[] = {
      {"replace an object", R"({"spec":{"securityContext":{"fsGroup":1,"runAsUser":2}}})",
       R"({"spec":{"securityContext":{"$patch":"replace","fsGroup":3}}})",
       R"({"spec":{"securityContext":{"fsGroup":3}}})"},
      {"empty an object", R"({"spec":{"securityContext":{"fsGroup":1}}})",
       R"({"spec":{"securityContext":{"$patch":"delete"}}})", R"({"spec":{"securityContext":{}}})"},
      {"empty a map", R"({"metadata":{"labels":{"a":"1"}}})", R"({"metadata":{"labels":{"$patch":"replace","b":"2"}}})",
       R"({"metadata":{"labels":{"b":"2"}}})"},
      {"delete an item", R"({"spec":{"containers":[{"name":"a"},{"name":"b"}]}})",
       R"({"spec":{"containers":[{"name":"a","$patch":"delete"},{"name":"b","image":"x"}]}})",
       R"({"spec":{"containers":[{"name":"b","image":"x"}]}})"},
      {"delete an item of no list", R"({"spec":{}})", R"({"spec":{"containers":[{"name":"a","$patch":"delete"}]}})",
       R"({"spec":{"containers":[]}})"},
      {"replace a list", R"({"spec":{"containers":[{"name":"a"},{"name":"b"}]}})",
       R"({"spec":{"containers":[{"$patch":"replace"},{"name":"c"}]}})", R"({"spec":{"containers":[{"name":"c"}]}})"},
      {"merge an item", R"({"spec":{"containers":[{"name":"a","image":"x"}]}})",
       R"({"spec":{"containers":[{"name":"a","tty":true,"$patch":"merge"}]}})",
       R"({"spec":{"containers":[{"name":"a","image":"x","tty":true}]}})"},
      {"retain keys", R"({"spec":{"volumes":[{"name":"v","emptyDir":{"medium":"Memory"}}]}})",
       R"({"spec":{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]}})",
       R"({"spec":{"volumes":[{"name":"v","hostPath":{"path":"/x"}}]}})"},
      {"retain keys must have what is set", R"({"spec":{"volumes":[{"name":"v","emptyDir":{}}]}})",
       R"({"spec":{"volumes":[{"name":"v","$retainKeys":["name"],"hostPath":{"path":"/x"}}]}})", "BadRequest"},
      {"delete from a set", R"({"metadata":{"finalizers":["a","b","c"]}})",
       R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["b","x"]}})", R"({"metadata":{"finalizers":["a","c"]}})"},
      {"delete from no set", R"({"metadata":{}})", R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["b"]}})",
       R"({"metadata":{}})"},
      {"no such directive", R"({"spec":{}})", R"({"spec":{"$patch":"burn"}})", "Invalid"},
      {"retain keys is no list", R"({"spec":{}})", R"({"spec":{"$retainKeys":1}})", "BadRequest"},
      {"delete from is no list", R"({"spec":{}})", R"({"spec":{"$deleteFromPrimitiveList/a":1}})", "BadRequest"},
      {"order is no list", R"({"spec":{}})", R"({"spec":{"$setElementOrder/containers":1}})", "BadRequest"},
  };
  Check("Pod", cases);
}

TEST(StrategicMerge, OrdersLists) {
  const Case cases[] = {
      {"as kubectl apply does", R"({"spec":{"containers":[{"name":"a"},{"name":"b"}]}})",
       R"({"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"b","image":"x"}]}})",
       R"({"spec":{"containers":[{"name":"b","image":"x"},{"name":"a"}]}})"},
      {"without a change of items", R"({"spec":{"containers":[{"name":"a"},{"name":"b"}]}})",
       R"({"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}})",
       R"({"spec":{"containers":[{"name":"b"},{"name":"a"}]}})"},
      {"an item of somebody else keeps its place",
       R"({"spec":{"containers":[{"name":"a"},{"name":"sidecar"},{"name":"b"}]}})",
       R"({"spec":{"$setElementOrder/containers":[{"name":"a"},{"name":"new"},{"name":"b"}],"containers":[{"name":"new"}]}})",
       R"({"spec":{"containers":[{"name":"a"},{"name":"new"},{"name":"sidecar"},{"name":"b"}]}})"},
      {"with an item deleted", R"({"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]}})",
       R"({"spec":{"$setElementOrder/containers":[{"name":"c"},{"name":"a"}],"containers":[{"name":"b","$patch":"delete"}]}})",
       R"({"spec":{"containers":[{"name":"c"},{"name":"a"}]}})"},
      {"of a set", R"({"metadata":{"finalizers":["a","b"]}})",
       R"({"metadata":{"$setElementOrder/finalizers":["c","b"],"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["c"]}})",
       R"({"metadata":{"finalizers":["c","b"]}})"},
      {"of no list", R"({"spec":{}})", R"({"spec":{"$setElementOrder/containers":[{"name":"a"}]}})", R"({"spec":{}})"},
      {"of a new list", R"({"spec":{}})",
       R"({"spec":{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"a"}]}})",
       R"({"spec":{"containers":[{"name":"a"}]}})"},
      {"an item the order lacks", R"({"spec":{"containers":[{"name":"a"}]}})",
       R"({"spec":{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"b"}]}})", "BadRequest"},
      {"items in another order", R"({"spec":{"containers":[]}})",
       R"({"spec":{"$setElementOrder/containers":[{"name":"a"},{"name":"b"}],"containers":[{"name":"b"},{"name":"a"}]}})",
       "BadRequest"},
  };
  Check("Pod", cases);
}

TEST(Ordered, LetsUnnamedItemsKeepTheirPlace) {
  const auto list = [](std::string_view letters) {
    Json result = Json::array();
    for (const char letter : letters) result.push_back(std::string(1, letter));
    return result;
  };
  // merged, wanted, original, result
  const std::string_view cases[][4] = {{"abcdx", "cxb", "abcd", "acxbd"}, {"ab", "", "ba", "ba"},
                                       {"abc", "cba", "abc", "cba"},      {"abc", "zc", "abc", "abc"},
                                       {"nab", "n", "ab", "nab"},         {"", "a", "a", ""}};
  for (const auto& [merged, wanted, original, result] : cases) {
    EXPECT_EQ(Ordered(list(merged), list(wanted), list(original), ""), list(result)) << merged << " " << wanted;
  }
}

}  // namespace
}  // namespace ordinal::api
