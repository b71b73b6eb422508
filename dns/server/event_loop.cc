#include "dns/server/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

namespace ordinal::dns {
namespace {

constexpr int kEventsPerRound = 64;

}  // namespace

EventLoop::EventLoop(const Clock& clock, Fd epoll, Fd wake)
    : clock_(clock), epoll_(std::move(epoll)), wake_(std::move(wake)) {}

Result<std::unique_ptr<EventLoop>> EventLoop::Create(const Clock& clock) {
  Fd epoll(epoll_create1(EPOLL_CLOEXEC));
  Fd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll || !wake) return ErrnoError("cannot make the DNS server's event loop", errno);
  std::unique_ptr<EventLoop> loop(new EventLoop(clock, std::move(epoll), std::move(wake)));
  TRYV(loop->Add(loop->wake_.get(), EPOLLIN, nullptr));
  return loop;
}

Status EventLoop::Add(int fd, uint32_t events, EventHandler* handler) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = handler;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return {};
  return ErrnoError("cannot watch a DNS socket", errno);
}

void EventLoop::Modify(int fd, uint32_t events, EventHandler* handler) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = handler;
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::Remove(int fd) { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

void EventLoop::SetDeadline(EventHandler* handler, SteadyTime deadline) {
  ClearDeadline(handler);
  handler->deadline_ = deadline;
  deadlines_.emplace(deadline, handler);
}

void EventLoop::ClearDeadline(EventHandler* handler) {
  if (!handler->deadline_) return;
  deadlines_.erase({*handler->deadline_, handler});
  handler->deadline_.reset();
}

void EventLoop::Retire(std::unique_ptr<EventHandler> handler) {
  ClearDeadline(handler.get());
  handler->retired_ = true;
  retired_.push_back(std::move(handler));
}

int EventLoop::WaitMilliseconds() const {
  if (deadlines_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadlines_.begin()->first - clock_.Steady());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

void EventLoop::FireDeadlines() {
  if (deadlines_.empty()) return;
  const SteadyTime now = clock_.Steady();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    EventHandler* handler = deadlines_.begin()->second;
    ClearDeadline(handler);
    handler->OnDeadline();
  }
}

void EventLoop::Run() {
  std::array<epoll_event, kEventsPerRound> events;
  while (!stopped_.load(std::memory_order_acquire)) {
    const int count = epoll_wait(epoll_.get(), events.data(), kEventsPerRound, WaitMilliseconds());
    for (int i = 0; i < count; ++i) {
      auto* handler = static_cast<EventHandler*>(events[static_cast<size_t>(i)].data.ptr);
      if (handler != nullptr && !handler->retired_) handler->OnEvents(events[static_cast<size_t>(i)].events);
    }
    FireDeadlines();
    retired_.clear();
  }
}

void EventLoop::Stop() {
  stopped_.store(true, std::memory_order_release);
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof(one));
}

}  // namespace ordinal::dns
