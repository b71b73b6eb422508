// The forms of values, and the path elements of list items.
#include "agent/api/patch/fields.h"
#include "agent/api/patch/typed.h"

namespace ordinal::api {
namespace {

Form ListForm(const Field& field) {
  Form form;
  const std::string_view keys = KeysOf(field);
  if (keys == "=") {
    form.kind = Form::Kind::kSet;
  } else if (!keys.empty()) {
    form.kind = Form::Kind::kItems;
    form.of = field.of;
    form.list = &field;
  }
  return form;
}

}  // namespace

constinit const Field kDeduced = [] {
  Field field;
  field.type = FieldType::kAny;
  field.shape = Shape::kMap;
  field.item = &kDeduced;
  return field;
}();

Form FormOf(const StructType& type) {
  Form form;
  if (type.atomic) return form;
  form.kind = Form::Kind::kMembers;
  form.of = &type;
  return form;
}

Form FormOf(const Field& field) {
  Form form;
  if (field.ownership == Ownership::kAtomic) return form;
  if (field.shape == Shape::kList) return ListForm(field);
  const StructType* of = field.type == FieldType::kStruct ? field.of : nullptr;
  if (field.shape == Shape::kMap) {
    form.kind = Form::Kind::kMembers;
    form.map = true;
    form.of = of;
    form.entry = field.item;
    return form;
  }
  if (of == nullptr) return form;
  form = FormOf(*of);
  if (field.ownership != Ownership::kGranular) return form;
  form.kind = Form::Kind::kMembers;
  form.of = of;
  return form;
}

Form FormOfMember(const Form& form, std::string_view name) {
  if (form.entry != nullptr) return FormOf(*form.entry);
  if (form.map) return form.of == nullptr ? Form() : FormOf(*form.of);
  const Field* field = FindField(form.of, name);
  if (field == nullptr) return form.of != nullptr && form.of->open ? FormOf(kDeduced) : Form();
  return FormOf(*field);
}

Form FormOfItem(const Form& form) { return form.of == nullptr ? Form() : FormOf(*form.of); }

std::string ItemElement(const Form& form, const Json& item) {
  Json keys = Json::object();
  ForEachKey(KeysOf(*form.list), [&](std::string_view key) {
    Json& value = keys[std::string(key)];
    value = Member(item, key);
    const Field* field = FindField(form.of, key);
    if (value.is_null() && field != nullptr && !field->fallback.empty()) value = Json::parse(field->fallback);
  });
  return "k:" + keys.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string ValueElement(const Json& value) {
  return "v:" + value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ordinal::api
