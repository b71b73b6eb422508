#include "agent/api/text/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

#include "agent/api/text/yaml_scalar.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kMerge = "<<";

constexpr size_t kMostPathBytes = 1024;              // of a field whose line is noted
constexpr size_t kMostNotedBytes = 8 * 1024 * 1024;  // of all such paths: long names of much depth add up

std::string Place(const YAML::Mark& mark) {
  return "line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1);
}

Error At(const YAML::Mark& mark, std::string message) {
  return MakeError(ErrorCode::kInvalid, Place(mark) + ": " + std::move(message));
}

/// The error of the YAML reader; a tab that indents its line is named as such, since that is what to mend.
Error SyntaxError(std::string_view text, const YAML::Exception& error) {
  if (error.mark.is_null()) return MakeError(ErrorCode::kInvalid, "line 1, column 1: " + error.msg);
  size_t start = 0;
  for (int line = 0; line < error.mark.line && start != std::string_view::npos; ++line) {
    start = text.find('\n', start);
    if (start != std::string_view::npos) ++start;
  }
  const std::string_view line = start == std::string_view::npos ? std::string_view() : text.substr(start);
  const size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
  const size_t tab = line.substr(0, indent).find('\t');
  if (tab == std::string_view::npos) return At(error.mark, error.msg);
  YAML::Mark mark = error.mark;
  mark.column = static_cast<int>(tab);
  return At(mark, "a tab may not be used to indent; use spaces");
}

/// What was made of a text so far: many small documents of aliases add up as one large one does.
struct Made {
  int values = 0;
  size_t noted = 0;  ///< bytes of the paths of fields
};

/// Turns one document into JSON, and notes the line of every field.
class Converter {
 public:
  Converter(Document& document, Made& made, std::vector<std::string>* repeats)
      : document_(document), made_(made), repeats_(repeats) {}

  Result<Json> Convert(const YAML::Node& node, const std::string& path) {
    if (++made_.values > kMostValues) return TooManyValues(Place(node.Mark()) + ", with its aliases written out");
    if (!node.IsMap() && !node.IsSequence()) return ConvertKind(node, path);
    if (++depth_ > kMostDepth) return TooDeep(Place(node.Mark()));
    auto value = ConvertKind(node, path);
    --depth_;
    return value;
  }

 private:
  Result<Json> ConvertKind(const YAML::Node& node, const std::string& path) {
    switch (node.Type()) {
      case YAML::NodeType::Scalar: return Scalar(node);
      case YAML::NodeType::Sequence: return Sequence(node, path);
      case YAML::NodeType::Map: return Map(node, path);
      default: return Json(nullptr);
    }
  }

  /// Notes the line of a field, and returns its path. Beyond the bounds the line of what is around it has to do.
  std::string Note(const std::string& path, const std::string& step, const YAML::Mark& mark) {
    if (path.size() + step.size() > kMostPathBytes) return path;
    std::string at = path + step;
    made_.noted += at.size();
    if (made_.noted <= kMostNotedBytes) document_.lines.emplace(at, mark.line + 1);
    return at;
  }

  static Result<Json> Scalar(const YAML::Node& node) {
    const std::string& tag = node.Tag();
    // "?" is an unquoted scalar, "!" a quoted one.
    auto value = tag == "?" || tag.empty() ? ResolveScalar(node.Scalar())
                 : tag == "!"              ? Result<Json>(Json(node.Scalar()))
                                           : ResolveTagged(tag, node.Scalar());
    if (!value.ok()) return At(node.Mark(), value.error().message);
    return value;
  }

  Result<Json> Sequence(const YAML::Node& node, const std::string& path) {
    Json list = Json::array();
    for (const auto& item : node) {
      const std::string at = Note(path, "[" + std::to_string(list.size()) + "]", item.Mark());
      TRY(Json value, Convert(item, at));
      list.push_back(std::move(value));
    }
    return list;
  }

  Result<Json> Map(const YAML::Node& node, const std::string& path) {
    Json object = Json::object();
    std::vector<YAML::Node> merged;
    for (const auto& member : node) {
      if (member.first.IsScalar() && member.first.Scalar() == kMerge && member.first.Tag() == "?") {
        merged.push_back(member.second);
        continue;
      }
      TRY(std::string name, Key(member.first));
      if (object.contains(name)) TRYV(Repeated(member.first.Mark(), name));
      const std::string at = Note(path, path.empty() ? name : "." + name, member.first.Mark());
      TRY(object[name], Convert(member.second, at));
    }
    for (const auto& source : merged) TRYV(Merge(source, path, object));
    return object;
  }

  Status Repeated(const YAML::Mark& mark, const std::string& name) {
    if (repeats_ == nullptr) return At(mark, "the field \"" + name + "\" is there twice");
    const std::string key = Json(name).dump(-1, ' ', false, Json::error_handler_t::replace);
    repeats_->push_back("line " + std::to_string(mark.line + 1) + ": key " + key + " already set in map");
    return {};
  }

  Result<std::string> Key(const YAML::Node& node) {
    if (node.IsMap() || node.IsSequence()) return At(node.Mark(), "a field's name must be a word");
    TRY(Json key, node.IsScalar() ? Scalar(node) : Result<Json>(Json(nullptr)));
    auto name = ResolveKey(key);
    if (!name.ok()) return At(node.Mark(), name.error().message);
    return name;
  }

  /// `<<: *a` or `<<: [*a, *b]`: members that are not there yet; earlier sources win.
  Status Merge(const YAML::Node& source, const std::string& path, Json& object) {
    if (source.IsSequence()) {
      for (const auto& each : source) {
        if (!each.IsMap()) return At(each.Mark(), "<< takes objects only");
        TRYV(Merge(each, path, object));
      }
      return {};
    }
    if (!source.IsMap()) return At(source.Mark(), "<< takes an object or a list of objects");
    TRY(Json members, Convert(source, path));
    for (auto& [name, value] : members.items()) object.emplace(name, std::move(value));
    return {};
  }

  Document& document_;
  Made& made_;
  std::vector<std::string>* repeats_;
  int depth_ = 0;
};

struct Refused {
  Error error;
};

/// Sees what the parser finds before a tree is made of it, and ends that by an exception (Refused) where it lies beyond
/// the bounds. yaml-cpp 0.7 makes empty documents for ever of a stray "}" or "]" between documents, and never moves on.
class Checker final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (last_ && *last_ == mark.pos) {
      throw Refused{At(mark, "a document cannot begin here; is there a bracket too many?")};
    }
    last_ = mark.pos;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Value(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Value(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t, const std::string&) override {
    Value(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Enter(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Enter(mark);
  }
  void OnMapEnd() override { --depth_; }

 private:
  /// Names of fields are nodes of their own here.
  void Value(const YAML::Mark& mark) {
    if (++nodes_ > 2 * kMostValues) throw Refused{TooManyValues(Place(mark))};
  }
  void Enter(const YAML::Mark& mark) {
    Value(mark);
    if (++depth_ > kMostDepth) throw Refused{TooDeep(Place(mark))};
  }

  std::optional<int> last_;
  int depth_ = 0, nodes_ = 0;
};

/// Reads the text once without keeping anything of it.
Status CheckText(const std::string& text) {
  TRYV(CheckFlowBounds(text));
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Checker checker;
  try {
    while (parser.HandleNextDocument(checker)) {
    }
  } catch (const Refused& refused) {
    return refused.error;
  }
  return {};
}

}  // namespace

Result<std::vector<Document>> ParseYaml(std::string_view text, std::vector<std::string>* repeats) {
  try {
    std::vector<Document> documents;
    const std::string whole(text);
    TRYV(CheckText(whole));
    Made made;
    for (const auto& node : YAML::LoadAll(whole)) {
      if (!node.IsDefined() || node.IsNull()) continue;
      Document document;
      document.line = node.Mark().line + 1;
      Converter converter(document, made, repeats);
      TRY(document.body, converter.Convert(node, ""));
      documents.push_back(std::move(document));
    }
    return documents;
  } catch (const YAML::Exception& error) {
    return SyntaxError(text, error);
  } catch (const std::exception& error) {
    return MakeError(ErrorCode::kInvalid, std::string("the text cannot be read as YAML: ") + error.what());
  }
}

}  // namespace ordinal::api
