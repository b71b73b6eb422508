#include "agent/api/text/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

#include "agent/api/text/yaml_scalar.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kMerge = "<<";

Error At(const YAML::Mark& mark, std::string message) {
  return MakeError(ErrorCode::kInvalid, "line " + std::to_string(mark.line + 1) + ", column " +
                                            std::to_string(mark.column + 1) + ": " + std::move(message));
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

/// Turns one document into JSON, and notes the line of every field.
class Converter {
 public:
  explicit Converter(Document& document) : document_(document) {}

  Result<Json> Convert(const YAML::Node& node, const std::string& path) {
    if (++values_ > kMostValues) return At(node.Mark(), "the document is too large once its aliases are written out");
    if (++depth_ > kMostDepth) return At(node.Mark(), "the document is nested more than 64 levels deep");
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
      const std::string at = path + "[" + std::to_string(list.size()) + "]";
      document_.lines.emplace(at, item.Mark().line + 1);
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
      if (object.contains(name)) return At(member.first.Mark(), "the field \"" + name + "\" is there twice");
      const std::string at = path.empty() ? name : path + "." + name;
      document_.lines.emplace(at, member.first.Mark().line + 1);
      TRY(object[name], Convert(member.second, at));
    }
    for (const auto& source : merged) TRYV(Merge(source, path, object));
    return object;
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
  int depth_ = 0, values_ = 0;
};

/// Sees where documents start. yaml-cpp 0.7 makes empty documents for ever of a stray "}" or "]" between documents, and
/// never moves on.
class Starts final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    stuck_ = last_ && *last_ == mark.pos;
    last_ = mark.pos;
    mark_ = mark;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  bool stuck() const { return stuck_; }
  const YAML::Mark& mark() const { return mark_; }

 private:
  std::optional<int> last_;
  YAML::Mark mark_;
  bool stuck_ = false;
};

/// Reads the text once without keeping anything of it; kInvalid when the parser does not come forward.
Status CheckEnds(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Starts starts;
  while (parser.HandleNextDocument(starts)) {
    if (starts.stuck()) return At(starts.mark(), "a document cannot begin here; is there a bracket too many?");
  }
  return {};
}

}  // namespace

Result<std::vector<Document>> ParseYaml(std::string_view text) {
  try {
    std::vector<Document> documents;
    const std::string whole(text);
    TRYV(CheckEnds(whole));
    for (const auto& node : YAML::LoadAll(whole)) {
      if (!node.IsDefined() || node.IsNull()) continue;
      Document document;
      document.line = node.Mark().line + 1;
      Converter converter(document);
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
