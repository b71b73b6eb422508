// JSON patch, RFC 6902, with pointers of RFC 6901.
#include <algorithm>
#include <charconv>

#include "agent/api/patch/patch.h"
#include "agent/api/text/yaml.h"

namespace ordinal::api {
namespace {

using Pointer = std::vector<std::string>;

Error BadFormat(std::string message) { return MakeError(ErrorCode::kInvalid, std::move(message), "BadRequest"); }
Error DoesNotFit(std::string message) { return MakeError(ErrorCode::kInvalid, std::move(message), "Invalid"); }

/// "/spec/a~1b/0" → {"spec", "a/b", "0"}.
Result<Pointer> ParsePointer(std::string_view text) {
  Pointer pointer;
  if (text.empty()) return pointer;
  if (text.front() != '/') return BadFormat("the path \"" + std::string(text) + "\" does not begin with \"/\"");
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      pointer.emplace_back();
    } else if (text[i] != '~') {
      pointer.back() += text[i];
    } else if (i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1')) {
      pointer.back() += text[++i] == '0' ? '~' : '/';
    } else {
      return BadFormat("the path \"" + std::string(text) + "\" has a \"~\" that is neither \"~0\" nor \"~1\"");
    }
  }
  return pointer;
}

/// The index a token names; nothing unless it is below `bound`. No leading zeros, no signs.
std::optional<size_t> Index(const std::string& token, size_t bound) {
  size_t index = 0;
  const char* end = token.data() + token.size();
  const auto [stop, fault] = std::from_chars(token.data(), end, index);
  if (fault != std::errc() || stop != end || (token.size() > 1 && token.front() == '0') || index >= bound) return {};
  return index;
}

/// The value the first `length` tokens lead to, or null when it is not there.
Json* Walk(Json& root, const Pointer& pointer, size_t length) {
  Json* value = &root;
  for (size_t i = 0; i < length; ++i) {
    if (value->is_object()) {
      const auto member = value->find(pointer[i]);
      if (member == value->end()) return nullptr;
      value = &*member;
    } else if (value->is_array()) {
      const auto index = Index(pointer[i], value->size());
      if (!index) return nullptr;
      value = &(*value)[*index];
    } else {
      return nullptr;
    }
  }
  return value;
}

/// Levels of objects and lists; stops counting beyond `limit`.
int Depth(const Json& value, int limit) {
  if (!value.is_structured()) return 0;
  int deepest = 0;
  if (limit > 0) {
    for (const Json& item : value) deepest = std::max(deepest, Depth(item, limit - 1));
  }
  return deepest + 1;
}

class Patcher {
 public:
  explicit Patcher(Json document) : document_(std::move(document)) {}

  Status Apply(const Json& operation) {
    if (!operation.is_object()) return BadFormat("an operation must be an object");
    TRY(const std::string op, Text(operation, "op"));
    TRY(const std::string text, Text(operation, "path"));
    TRY(const Pointer path, ParsePointer(text));
    path_ = text;
    if (op == "remove") return Remove(path);
    if (op == "move" || op == "copy") return MoveOrCopy(op == "move", operation, path);
    if (op != "add" && op != "replace" && op != "test") {
      return BadFormat("\"" + op + "\" is no operation; write add, remove, replace, move, copy or test");
    }
    const auto value = operation.find("value");
    if (value == operation.end()) return BadFormat("the operation \"" + op + "\" needs a value");
    if (op == "add") return Add(path, *value);
    return op == "replace" ? Replace(path, *value) : Test(path, *value);
  }

  Json Take() && { return std::move(document_); }

 private:
  static Result<std::string> Text(const Json& operation, std::string_view name) {
    const auto member = operation.find(name);
    if (member == operation.end() || !member->is_string()) {
      return BadFormat("an operation needs a text \"" + std::string(name) + "\"");
    }
    return member->get<std::string>();
  }

  Error Missing() const { return DoesNotFit("there is nothing at \"" + path_ + "\""); }

  /// Operations together could nest deeper than any text may, and so exhaust the stack of whoever reads the result.
  static bool TooDeep(const Pointer& path, const Json& value) {
    const size_t depth = static_cast<size_t>(Depth(value, kMostDepth)) + path.size();
    return depth > static_cast<size_t>(kMostDepth);
  }

  Status Add(const Pointer& path, Json value) {
    if (TooDeep(path, value)) return DoesNotFit("the result is nested too deeply");
    if (path.empty()) {
      document_ = std::move(value);
      return {};
    }
    Json* parent = Walk(document_, path, path.size() - 1);
    if (parent == nullptr || !parent->is_structured()) return Missing();
    if (parent->is_object()) {
      (*parent)[path.back()] = std::move(value);
      return {};
    }
    const auto index = path.back() == "-" ? parent->size() : Index(path.back(), parent->size() + 1);
    if (!index) return Missing();
    parent->insert(parent->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
    return {};
  }

  Status Remove(const Pointer& path) {
    if (path.empty()) return DoesNotFit("the whole document cannot be removed");
    Json* parent = Walk(document_, path, path.size() - 1);
    if (parent == nullptr) return Missing();
    if (parent->is_object()) return parent->erase(path.back()) > 0 ? Status() : Missing();
    const auto index = parent->is_array() ? Index(path.back(), parent->size()) : std::nullopt;
    if (!index) return Missing();
    parent->erase(*index);
    return {};
  }

  Status Replace(const Pointer& path, const Json& value) {
    Json* target = Walk(document_, path, path.size());
    if (target == nullptr) return Missing();
    if (TooDeep(path, value)) return DoesNotFit("the result is nested too deeply");
    *target = value;
    return {};
  }

  Status Test(const Pointer& path, const Json& value) {
    const Json* target = Walk(document_, path, path.size());
    // A missing member passes a test for null, as in the library kube-apiserver uses: clients rely on it.
    if (target == nullptr && value.is_null()) return {};
    if (target == nullptr) return Missing();
    return *target == value ? Status() : DoesNotFit("the value at \"" + path_ + "\" is not the one tested for");
  }

  Status MoveOrCopy(bool move, const Json& operation, const Pointer& path) {
    TRY(const std::string text, Text(operation, "from"));
    TRY(const Pointer from, ParsePointer(text));
    Json* source = Walk(document_, from, from.size());
    if (source == nullptr) return DoesNotFit("there is nothing at \"" + text + "\"");
    if (!move) {
      // Each copy may double the document: without a bound, thirty of them would fill the memory.
      copied_ += source->dump(-1, ' ', false, Json::error_handler_t::replace).size();
      if (copied_ > kMostCopiedBytes) {
        return MakeError(ErrorCode::kInvalid, "the patch copies too much", "RequestEntityTooLarge");
      }
      return Add(path, *source);
    }
    if (from.size() < path.size() && std::equal(from.begin(), from.end(), path.begin())) {
      return DoesNotFit("\"" + text + "\" cannot be moved into itself");
    }
    if (from == path) return {};
    Json value = std::move(*source);  // leaves null there, so that what is removed below is found
    if (auto removed = Remove(from); !removed.ok()) return removed;
    return Add(path, std::move(value));
  }

  Json document_;
  std::string path_;
  size_t copied_ = 0;
};

}  // namespace

Result<Json> ApplyJsonPatch(const Json& document, const Json& patch) {
  if (!patch.is_array()) return BadFormat("a JSON patch must be a list of operations");
  if (patch.size() > kMostPatchOperations) {
    return MakeError(ErrorCode::kInvalid,
                     "a JSON patch may have " + std::to_string(kMostPatchOperations) + " operations, not " +
                         std::to_string(patch.size()),
                     "RequestEntityTooLarge");
  }
  Patcher patcher(document);
  for (size_t i = 0; i < patch.size(); ++i) {
    if (auto done = patcher.Apply(patch[i]); !done.ok()) {
      return std::move(done).error().With("operation " + std::to_string(i));
    }
  }
  return std::move(patcher).Take();
}

}  // namespace ordinal::api
