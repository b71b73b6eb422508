// Where YAML's [ and { are brackets, and not letters of a text: as much of its lexical rules as that takes
// (yaml.org/spec/1.2.2, chapters 6 to 8). A text that it takes for something else is refused by the reader afterwards.
#include <algorithm>
#include <optional>

#include "agent/api/text/bounds.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kFlowSigns = ",[]{}";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

class FlowScan {
 public:
  explicit FlowScan(std::string_view text) : text_(text) {}

  Status Run() {
    while (at_ < text_.size()) TRYV(Line());
    return {};
  }

 private:
  char Now() const { return at_ < text_.size() ? text_[at_] : '\n'; }
  char Next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\n'; }
  bool AtEnd() const { return at_ >= text_.size() || text_[at_] == '\n'; }
  int Column() const { return static_cast<int>(at_ - line_start_); }
  static bool Ends(char c) { return IsBlank(c) || c == '\n'; }
  void SkipLine() { at_ = std::min(text_.find('\n', at_), text_.size()); }
  void SkipBlanks() {
    while (!AtEnd() && IsBlank(text_[at_])) ++at_;
  }
  void NextLine() {
    SkipLine();
    if (at_ < text_.size()) ++at_;
    line_start_ = at_;
    ++line_;
  }
  bool AtMarker() const {
    const std::string_view mark = text_.substr(at_, 3);
    return at_ == line_start_ && (mark == "---" || mark == "...") && (at_ + 3 >= text_.size() || Ends(text_[at_ + 3]));
  }

  Status Line() {
    line_start_ = at_;
    size_t indent = 0;
    while (at_ + indent < text_.size() && text_[at_ + indent] == ' ') ++indent;
    if (AtMarker()) {
      depth_ = 0;
      block_.reset();
      plain_.reset();
      at_ += 3;
      TRYV(Nodes(-1));
    } else if (depth_ > 0) {
      TRYV(Flow());
    } else {
      at_ += indent;
      const bool deeper = block_ ? static_cast<int>(indent) > *block_ : plain_ && static_cast<int>(indent) > *plain_;
      // A line of a block scalar or of a text that goes on holds letters; an empty one belongs to either.
      if (!AtEnd() && !deeper) {
        block_.reset();
        plain_.reset();
        TRYV(Nodes(-1));
      }
    }
    NextLine();
    return {};
  }

  /// What stands on a line: "- - key: value". `parent` is the column of the collection that the next node belongs to.
  Status Nodes(int parent) {
    while (true) {
      SkipBlanks();
      const char c = Now();
      if (AtEnd() || c == '#') return {};
      if ((c == '-' || c == '?' || c == ':') && Ends(Next())) {
        parent = Column();
        ++at_;
      } else if (c == '&' || c == '*' || c == '!') {
        Property();
      } else if (c == '|' || c == '>') {
        block_ = parent;
        return {};
      } else if (c == '[' || c == '{') {
        TRYV(Flow());
        if (depth_ > 0) return {};
      } else if (c == '"' || c == '\'') {
        const int column = Column();
        Quoted(c);
        if (Now() == ':') {
          parent = column;
          ++at_;
        }
      } else if (!Plain(parent)) {
        return {};
      }
    }
  }

  /// An anchor, an alias or a tag: up to a blank or a bracket, so that "&a[" is an anchor before a list.
  void Property() {
    const bool verbatim = Now() == '!' && Next() == '<';
    while (!AtEnd() && !IsBlank(Now()) && (verbatim || kFlowSigns.find(Now()) == std::string_view::npos)) {
      if (verbatim && Now() == '>') {
        ++at_;
        return;
      }
      ++at_;
    }
    if (!AtEnd() && (Now() == ',' || Now() == ']' || Now() == '}')) ++at_;
  }

  /// True: it was a key, and its value may follow on the line.
  bool Plain(int& parent) {
    const int column = Column();
    for (; !AtEnd(); ++at_) {
      if (Now() == ':' && Ends(Next())) {
        parent = column;
        ++at_;
        return true;
      }
      if (Now() == '#' && IsBlank(text_[at_ - 1])) break;
    }
    plain_ = parent;
    return false;
  }

  /// Over a text in quotes, which may go on over lines.
  void Quoted(char quote) {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      }
      if (quote == '"' && c == '\\') {
        if (Next() != '\n') ++at_;
      } else if (c == quote && quote == '\'' && Next() == '\'') {
        ++at_;
      } else if (c == quote) {
        ++at_;
        return;
      }
    }
  }

  /// The inside of brackets, to the end of the line or of the outermost bracket.
  Status Flow() {
    bool begins = true;  // the next sign begins a node, so that a quote there is one
    while (!AtEnd()) {
      const char c = Now();
      if (c == '#' && (at_ == line_start_ || IsBlank(text_[at_ - 1]))) return {};
      if ((c == '"' || c == '\'') && begins) {
        Quoted(c);
        if (Now() == ':') ++at_;  // {"a":1}, where no blank is needed
        continue;
      }
      if (c == '[' || c == '{') {
        if (++depth_ > kMostDepth) return TooDeep(Where());
      } else if (c == ']' || c == '}') {
        --depth_;
      }
      if ((c == '[' || c == '{' || c == ',') && ++values_ > kMostValues) return TooManyValues(Where());
      begins = IsBlank(c) ? begins : kFlowSigns.find(c) != std::string_view::npos || (c == ':' && Ends(Next()));
      ++at_;
      if (depth_ == 0) return {};
    }
    return {};
  }

  std::string Where() const { return "line " + std::to_string(line_) + ", column " + std::to_string(Column() + 1); }

  std::string_view text_;
  size_t at_ = 0, line_start_ = 0, line_ = 1;
  int depth_ = 0, values_ = 0;
  std::optional<int> block_, plain_;  ///< lines further in than this belong to a text that has begun
};

}  // namespace

Status CheckFlowBounds(std::string_view text) { return FlowScan(text).Run(); }

}  // namespace ordinal::api
