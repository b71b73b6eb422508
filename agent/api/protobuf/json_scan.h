// JsonScan: goes through JSON text value by value and makes no document of it: what rests as text (resting.h) is
// written in another form without being parsed. Of texts that the agent itself wrote: every jump stays within the text,
// whatever it holds, but faults of syntax are not looked for. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ordinal::api::protobuf {

class JsonScan {
 public:
  explicit JsonScan(std::string_view text) : text_(text) {}

  /// The first character of the next value or sign, which stays; 0 at the end.
  char Peek();
  /// Takes `sign` if it comes next.
  bool Take(char sign);
  /// The next value, as it is written. Views of a text with escapes stay escaped: Unescape.
  std::string_view Value();
  /// The next string between its quotes; empty and left alone if no string comes next.
  std::string_view String(bool& escaped);

  /// The member of this name of an object's text, as it is written; empty when it has none.
  static std::string_view MemberOf(std::string_view object, std::string_view name);
  /// Appends what an escaped string means.
  static void Unescape(std::string_view string, std::string& out);

 private:
  void SkipString();
  void SkipNested();

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace ordinal::api::protobuf
