#include "agent/apiserver/rest/list_texts.h"

#include <algorithm>
#include <utility>

namespace ordinal::apiserver::rest {
namespace {

std::string FormOf(const View& view) {
  std::string form(view.kind->kind);
  form.append(1, '\n').append(view.version);
  if (view.accept.form == Accept::Form::kPartial) form.append(1, '\n').append(view.accept.version);
  return form;
}

}  // namespace

std::string ListTexts::Show(const View& view, const std::vector<api::Object>& items, const ListMeta& meta) {
  if (view.accept.form == Accept::Form::kTable) return ShowList(view, items, meta);
  auto made = std::make_shared<Known>();
  made->form = FormOf(view);
  made->spans.reserve(items.size());
  const std::shared_ptr<const Known> before = Find(made->form);
  const auto known = [&](uint64_t revision) -> const Span* {
    if (!before || revision == 0) return nullptr;
    const auto found = std::ranges::lower_bound(before->spans, revision, {}, &Span::revision);
    return found != before->spans.end() && found->revision == revision ? &*found : nullptr;
  };
  size_t anew = 0;
  std::string text = ShowList(view, items, meta, [&](const api::Object& item, std::string& out) {
    const size_t begin = out.size();
    if (const Span* span = known(item.revision())) {
      out.append(before->text, span->begin, span->length);
    } else {
      AppendItem(view, item, out);
      ++anew;
    }
    made->spans.push_back({item.revision(), begin, out.size() - begin});
  });
  // A short list of a few that changed leaves a long one in its place.
  const bool better = anew > 0 && (!before || items.size() >= before->spans.size() / 2);
  if (!better || text.size() > kMostBytes) return text;
  made->text = text;
  std::ranges::sort(made->spans, {}, &Span::revision);
  Keep(std::move(made));
  return text;
}

std::shared_ptr<const ListTexts::Known> ListTexts::Find(const std::string& form) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(known_, [&](const auto& known) { return known->form == form; });
  if (found == known_.end()) return nullptr;
  std::rotate(found, found + 1, known_.end());
  return known_.back();
}

void ListTexts::Keep(std::shared_ptr<const Known> known) {
  const std::lock_guard lock(mutex_);
  std::erase_if(known_, [&](const auto& other) { return other->form == known->form; });
  known_.push_back(std::move(known));
  size_t kept = 0;
  auto first = known_.end();
  while (first != known_.begin() && kept + (*std::prev(first))->text.size() <= kMostBytes) {
    kept += (*--first)->text.size();
  }
  known_.erase(known_.begin(), first);
}

void ListTexts::Forget() {
  const std::lock_guard lock(mutex_);
  known_.clear();
}

size_t ListTexts::bytes() const {
  const std::lock_guard lock(mutex_);
  size_t bytes = 0;
  for (const auto& known : known_) bytes += known->text.size();
  return bytes;
}

std::shared_ptr<ListTexts> Lists::Use() {
  forget_ = clock_.After(kKept, [texts = texts_] { texts->Forget(); });
  return texts_;
}

}  // namespace ordinal::apiserver::rest
