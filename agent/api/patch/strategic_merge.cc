// Strategic merge patch. The order of steps within one object follows the reference, since directives of one patch may
// name the same list: first $patch, then $retainKeys, then lists with an order, then every other member.
#include <set>

#include "agent/api/faults.h"
#include "agent/api/patch/fields.h"
#include "agent/api/patch/list_order.h"
#include "agent/api/patch/patch.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kPatch = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kDeleteFrom = "$deleteFromPrimitiveList/";
constexpr std::string_view kOrder = "$setElementOrder/";

Error BadFormat(std::string message) { return MakeError(ErrorCode::kInvalid, std::move(message), "BadRequest"); }
Error DoesNotFit(std::string message) { return MakeError(ErrorCode::kInvalid, std::move(message), "Invalid"); }
bool IsDirective(std::string_view name) {
  return name == kPatch || name == kRetainKeys || name.starts_with(kDeleteFrom) || name.starts_with(kOrder);
}

/// What "$patch" asks for: "" when there is none.
Result<std::string> Wish(const Json& patch) {
  const auto found = patch.find(kPatch);
  if (found == patch.end()) return std::string();
  if (found->is_string()) {
    const auto& wish = found->get_ref<const std::string&>();
    if (wish == "replace" || wish == "delete" || wish == "merge") return wish;
  }
  return DoesNotFit("\"$patch\" must be replace, delete or merge, not " +
                    found->dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// What a patch leaves where nothing was before: without directives, nulls and items to delete.
Json WithoutDirectives(const Json& patch) {
  if (patch.is_array()) {
    Json list = Json::array();
    for (const Json& item : patch) {
      const Json& wish = Member(item, kPatch);
      if (wish == "delete" || wish == "replace") continue;
      list.push_back(WithoutDirectives(item));
    }
    return list;
  }
  if (!patch.is_object()) return patch;
  Json object = Json::object();
  for (const auto& [name, value] : patch.items()) {
    if (!value.is_null() && !IsDirective(name)) object[name] = WithoutDirectives(value);
  }
  return object;
}

/// A field as an item of its list, or a value of its map.
const StructType* TypeBelow(const Field* field) {
  return field != nullptr && field->type == FieldType::kStruct ? field->of : nullptr;
}

class Merger {
 public:
  /// `type` null: not known, as for Any fields and the values of a map.
  Result<Json> Object(Json original, const Json& patch, const StructType* type) {
    TRY(const std::string wish, Wish(patch));
    if (wish == "delete") return Json::object();
    if (wish == "replace") return WithoutDirectives(patch);
    if (!original.is_object()) original = Json::object();
    TRYV(Retain(original, patch));
    std::set<std::string, std::less<>> done;
    for (const auto& [name, order] : patch.items()) {
      if (!name.starts_with(kOrder)) continue;
      const std::string list = name.substr(kOrder.size());
      TRYV(OrderedList(original, patch, list, order, FindField(type, list)));
      done.insert(list);
    }
    for (const auto& [name, value] : patch.items()) {
      if (name.starts_with(kDeleteFrom)) {
        TRYV(DeleteFrom(original, name.substr(kDeleteFrom.size()), value));
      } else if (!IsDirective(name) && !done.contains(name)) {
        TRYV(Value(original, name, value, FindField(type, name)));
      }
    }
    return original;
  }

 private:
  static Status Retain(Json& original, const Json& patch) {
    const auto retain = patch.find(kRetainKeys);
    if (retain == patch.end()) return {};
    if (!retain->is_array()) return BadFormat("\"$retainKeys\" must be a list of names");
    std::set<std::string, std::less<>> names;
    for (const Json& name : *retain) {
      if (!name.is_string()) return BadFormat("\"$retainKeys\" must be a list of names");
      names.insert(name.get<std::string>());
    }
    for (const auto& [name, value] : patch.items()) {
      if (!IsDirective(name) && !value.is_null() && !names.contains(name)) {
        return BadFormat(Faults::Quote(name) + " is set, but not in \"$retainKeys\"");
      }
    }
    for (auto member = original.begin(); member != original.end();) {
      member = names.contains(member.key()) ? std::next(member) : original.erase(member);
    }
    return {};
  }

  Status Value(Json& original, const std::string& name, const Json& patch, const Field* field) {
    if (patch.is_null()) {
      original.erase(name);
      return {};
    }
    const auto there = original.find(name);
    if (there == original.end() || there->type() != patch.type()) {
      original[name] = WithoutDirectives(patch);
      return {};
    }
    if (patch.is_object() && field != nullptr && field->shape == Shape::kMap) {
      return MapOf(*there, patch, TypeBelow(field));
    }
    if (patch.is_object()) {
      TRY(*there, Object(std::move(*there), patch, TypeBelow(field)));
    } else if (patch.is_array()) {
      TRY(*there, List(std::move(*there), patch, field));
    } else {
      *there = patch;
    }
    return {};
  }

  /// A map of string to something: every member is of one type.
  Status MapOf(Json& original, const Json& patch, const StructType* of) {
    TRY(const std::string wish, Wish(patch));
    if (wish == "delete" || wish == "replace") {
      original = wish == "delete" ? Json::object() : WithoutDirectives(patch);
      return {};
    }
    TRYV(Retain(original, patch));
    Field item;
    item.type = of != nullptr ? FieldType::kStruct : FieldType::kAny;
    item.of = of;
    for (const auto& [name, value] : patch.items()) {
      if (!IsDirective(name)) TRYV(Value(original, name, value, &item));
    }
    return {};
  }

  static bool IsMerged(const Field* field) {
    return field != nullptr && field->shape == Shape::kList && !field->merge_key.empty();
  }
  /// Of a merged list: the member that tells its items apart; "" for plain values.
  static std::string_view Key(const Field& field) { return field.merge_key == "=" ? "" : field.merge_key; }

  Result<Json> List(Json original, const Json& patch, const Field* field) {
    if (!IsMerged(field)) return WithoutDirectives(patch);
    const std::string_view key = Key(*field);
    if (key.empty()) {
      Json merged = Union(original, patch);
      return Ordered(merged, patch, original, key);
    }
    TRY(const Json merged, Keyed(original, patch, *field));
    return Ordered(merged, patch, original, key);
  }

  static Json Union(Json merged, const Json& more) {
    Places places(merged, "");
    for (const Json& value : more) {
      if (places.Find(value)) continue;
      places.Add(value, merged.size());
      merged.push_back(value);
    }
    return merged;
  }

  /// The items of `patch` merged into those of `original`, new ones at the end.
  Result<Json> Keyed(const Json& original, const Json& patch, const Field& field) {
    const std::string_view key = Key(field);
    TRY(Json merged, Prepared(original, patch, field));
    Places places(merged, key);
    for (const Json& item : patch) {
      TRY(const std::string wish, Wish(item));
      if (wish == "delete" || wish == "replace") continue;
      if (const auto place = places.Find(item)) {
        TRY(merged[*place], Object(std::move(merged[*place]), item, field.of));
      } else {
        places.Add(item, merged.size());
        merged.push_back(WithoutDirectives(item));
      }
    }
    return merged;
  }

  /// `original` after what comes before any item is merged: an item {"$patch": "replace"} empties the list (whatever
  /// else is in that item does not count, as in the reference), and items to delete are taken out.
  static Result<Json> Prepared(const Json& original, const Json& patch, const Field& field) {
    const std::string_view key = Key(field);
    Json condemned = Json::array();
    bool replace = false;
    for (const Json& item : patch) {
      if (!item.is_object()) return DoesNotFit("an item of " + Faults::Quote(field.name) + " is not an object");
      TRY(const std::string wish, Wish(item));
      replace = replace || wish == "replace";
      if (wish == "replace") continue;
      if (!item.contains(key))
        return DoesNotFit("an item of " + Faults::Quote(field.name) + " has no " + Faults::Quote(key));
      if (wish == "delete") condemned.push_back(item);
    }
    if (replace) return Json::array();
    const Places out(condemned, key);
    Json kept = Json::array();
    for (const Json& item : original) {
      if (!out.Find(item)) kept.push_back(item);
    }
    return kept;
  }

  /// The list `name` of `original`, merged with the patch's items if it has any, in the order asked for.
  Status OrderedList(Json& original, const Json& patch, const std::string& name, const Json& order,
                     const Field* field) {
    if (!order.is_array()) return BadFormat("\"$setElementOrder/" + name + "\" must be a list");
    const std::string_view key = IsMerged(field) ? Key(*field) : "";
    const auto change = patch.find(name);
    if (change != patch.end() && !change->is_array()) {
      return change->is_null() ? Value(original, name, *change, field)
                               : BadFormat(Faults::Quote(name) + " has an order, so it must be a list");
    }
    const Json before = original.contains(name) && original[name].is_array() ? original[name] : Json();
    if (change != patch.end()) {
      TRYV(CheckOrder(*change, order, key, name));
      TRYV(Value(original, name, *change, field));
    }
    const auto merged = original.find(name);
    if (merged != original.end() && merged->is_array()) *merged = Ordered(*merged, order, before, key);
    return {};
  }

  /// Items of the patch must be named by the order, and come in it.
  static Status CheckOrder(const Json& items, const Json& order, std::string_view key, const std::string& name) {
    const Places places(order, key);
    size_t least = 0;
    for (const Json& item : items) {
      if (item.is_object() && item.contains(kPatch)) continue;
      const auto place = places.Find(item);
      if (!place || *place < least) {
        return BadFormat("the items of " + Faults::Quote(name) + " are not in the order of \"$setElementOrder/" + name +
                         "\"");
      }
      least = *place;
    }
    return {};
  }

  static Status DeleteFrom(Json& original, const std::string& name, const Json& values) {
    if (!values.is_array()) return BadFormat("\"$deleteFromPrimitiveList/" + name + "\" must be a list");
    const auto list = original.find(name);
    if (list == original.end() || !list->is_array()) return {};
    const Places out(values, "");
    Json kept = Json::array();
    for (const Json& value : *list) {
      if (!out.Find(value)) kept.push_back(value);
    }
    *list = std::move(kept);
    return {};
  }
};

}  // namespace

Result<Json> ApplyStrategicMergePatch(Json document, const Json& patch, const StructType& schema) {
  if (!patch.is_object()) return BadFormat("a strategic merge patch must be an object");
  return Merger().Object(std::move(document), patch, &schema);
}

}  // namespace ordinal::api
