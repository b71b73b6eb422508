// EventLoop: epoll and deadlines of one DNS thread. Only Stop() may be called from another thread.
//
// Without a deadline the thread sleeps until something arrives: an idle server costs nothing.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "agent/base/clock.h"
#include "dns/server/sockets.h"

namespace ordinal::dns {

class EventHandler {
 public:
  virtual ~EventHandler() = default;
  /// `events`: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP of a descriptor registered with this handler.
  virtual void OnEvents(uint32_t events) = 0;
  /// The deadline has passed; it is cleared before the call.
  virtual void OnDeadline() {}

 private:
  friend class EventLoop;
  std::optional<SteadyTime> deadline_;
  bool retired_ = false;
};

class EventLoop {
 public:
  static Result<std::unique_ptr<EventLoop>> Create(const Clock& clock);

  Status Add(int fd, uint32_t events, EventHandler* handler);
  void Modify(int fd, uint32_t events, EventHandler* handler);
  void Remove(int fd);

  /// Replaces the handler's deadline.
  void SetDeadline(EventHandler* handler, SteadyTime deadline);
  void ClearDeadline(EventHandler* handler);

  /// Gives a handler up: it gets no more calls and is destroyed after the current round, so that it may retire
  /// itself. Its descriptors are closed with it.
  void Retire(std::unique_ptr<EventHandler> handler);

  SteadyTime Now() const { return clock_.Steady(); }

  void Run();
  void Stop();

 private:
  EventLoop(const Clock& clock, Fd epoll, Fd wake);
  int WaitMilliseconds() const;
  void FireDeadlines();

  const Clock& clock_;
  Fd epoll_, wake_;
  std::atomic<bool> stopped_ = false;
  std::set<std::pair<SteadyTime, EventHandler*>> deadlines_;
  std::vector<std::unique_ptr<EventHandler>> retired_;
};

}  // namespace ordinal::dns
