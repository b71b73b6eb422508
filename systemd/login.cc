#include "systemd/login.h"

#include <fcntl.h>
#include <poll.h>
#include <systemd/sd-bus.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <csignal>
#include <deque>
#include <utility>

#include "agent/base/signal.h"

namespace ordinal::systemd {
namespace {

constexpr Duration kDeadline = std::chrono::seconds(5);
constexpr const char *kLogin = "org.freedesktop.login1", *kLoginPath = "/org/freedesktop/login1",
                     *kManager = "org.freedesktop.login1.Manager", *kProperties = "org.freedesktop.DBus.Properties";

// Without the argument every client that comes or goes would wake the agent.
constexpr const char* kOwnerChanges =
    "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',interface='org.freedesktop.DBus',"
    "member='NameOwnerChanged',arg0='org.freedesktop.login1'";

struct UnrefMessage {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, UnrefMessage>;

struct UnrefSlot {
  void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
using Slot = std::unique_ptr<sd_bus_slot, UnrefSlot>;

Error BusError(const std::string& what, int negative) {
  Error error = ErrnoError(what, -negative);
  error.code = ErrorCode::kUnavailable;
  return error;
}

/// A call whose answer is waited for.
struct Pending {
  explicit Pending(const Executor& executor) : done(executor) {}
  Signal done;
  Message answer;

  static int Answered(sd_bus_message* message, void* self, sd_bus_error*) {
    auto* pending = static_cast<Pending*>(self);
    pending->answer.reset(sd_bus_message_ref(message));
    pending->done.Notify();
    return 0;
  }
};

}  // namespace

struct Login::Bus {
  Bus(Executor its_executor, Clock& its_clock)
      : executor(std::move(its_executor)), clock(its_clock), stream(executor), news(executor) {}
  ~Bus() {
    match.reset();
    owner.reset();
    if (stream.is_open()) stream.release();
    if (bus != nullptr) sd_bus_close_unref(bus);
  }

  static int Prepares(sd_bus_message* message, void* self, sd_bus_error*) {
    int begins = 0;
    if (sd_bus_message_read(message, "b", &begins) < 0) return 0;
    auto* bus = static_cast<Bus*>(self);
    bus->heard.push_back(begins != 0);
    bus->news.Notify();
    return 0;
  }

  /// logind went, or another one came: what it told before is not to be relied on.
  static int OwnerChanged(sd_bus_message*, void* self, sd_bus_error*) {
    auto* bus = static_cast<Bus*>(self);
    if (!bus->watched) return 0;  // it is made to come by the first call
    bus->lost = true;
    bus->news.Notify();
    return 0;
  }

  static Task<void> Pump(std::shared_ptr<Bus> self);
  static Task<Result<Message>> Call(std::shared_ptr<Bus> self, Message call, std::string what);
  /// The answer holds a variant.
  static Task<Result<Message>> Property(std::shared_ptr<Bus> self, const char* name, std::string what);
  Result<Message> NewCall(const char* name, const char* path, const char* interface, const char* member) const;

  const Executor executor;
  Clock& clock;
  sd_bus* bus = nullptr;
  Slot match, owner;
  asio::posix::stream_descriptor stream;
  Signal news;             ///< for Next()
  std::deque<bool> heard;  ///< that Next() has not told yet
  bool closed = false;     ///< nobody listens any more
  bool watched = false;    ///< logind was there: from now on it is lost when its name goes to another
  bool lost = false;       ///< the connection was lost, or logind
};

/// Reads what comes, for as long as the connection is there and wanted.
Task<void> Login::Bus::Pump(std::shared_ptr<Bus> self) {
  boost::system::error_code failed;
  while (!self->closed && !failed) {
    int more = 1;
    while (more > 0) more = sd_bus_process(self->bus, nullptr);
    const int events = more < 0 ? more : sd_bus_get_events(self->bus);
    if (events < 0) break;
    const auto wait = (events & POLLOUT) != 0 ? asio::posix::stream_descriptor::wait_write
                                              : asio::posix::stream_descriptor::wait_read;
    auto into = asio::redirect_error(asio::use_awaitable, failed);
    co_await self->stream.async_wait(wait, into);
  }
  self->lost = true;
  self->news.Notify();
}

Task<Result<Message>> Login::Bus::Call(std::shared_ptr<Bus> self, Message call, std::string what) {
  const auto pending = std::make_shared<Pending>(self->executor);
  sd_bus_slot* made = nullptr;
  const int sent = sd_bus_call_async(self->bus, &made, call.get(), &Pending::Answered, pending.get(), 0);
  if (sent < 0) co_return BusError(what, sent);
  const Slot slot(made);
  const TimerHandle timer = self->clock.After(kDeadline, [pending] { pending->done.Notify(); });
  co_await pending->done.Wait();
  if (!pending->answer) co_return MakeError(ErrorCode::kDeadlineExceeded, what + ": no answer within 5 s");
  const sd_bus_error* refused = sd_bus_message_get_error(pending->answer.get());
  if (refused == nullptr) co_return std::move(pending->answer);
  co_return MakeError(ErrorCode::kUnavailable, what + ": " + (refused->message ? refused->message : refused->name));
}

Task<Result<Message>> Login::Bus::Property(std::shared_ptr<Bus> self, const char* name, std::string what) {
  CO_TRY(Message call, self->NewCall(kLogin, kLoginPath, kProperties, "Get"));
  sd_bus_message_append(call.get(), "ss", kManager, name);
  co_return co_await Call(self, std::move(call), std::move(what));
}

Result<Message> Login::Bus::NewCall(const char* name, const char* path, const char* interface,
                                    const char* member) const {
  if (bus == nullptr) return MakeError(ErrorCode::kUnavailable, "there is no connection to the system bus");
  sd_bus_message* made = nullptr;
  const int status = sd_bus_message_new_method_call(bus, &made, name, path, interface, member);
  if (status < 0) return BusError(std::string("call ") + member, status);
  return Message(made);
}

Login::Login(Executor executor, Clock& clock) : bus_(std::make_shared<Bus>(std::move(executor), clock)) {}

Login::~Login() {
  bus_->closed = true;
  boost::system::error_code ignored;
  bus_->stream.cancel(ignored);
}

Task<Status> Login::Connect() {
  const std::shared_ptr<Bus> bus = bus_;
  int status = sd_bus_open_system_with_description(&bus->bus, "ordinald");
  if (status < 0) co_return BusError("connect to the system bus", status);
  sd_bus_slot* match = nullptr;
  status = sd_bus_match_signal_async(bus->bus, &match, kLogin, kLoginPath, kManager, "PrepareForShutdown",
                                     &Bus::Prepares, nullptr, bus.get());
  if (status < 0) co_return BusError("listen for PrepareForShutdown", status);
  bus->match.reset(match);
  sd_bus_slot* owner = nullptr;
  status = sd_bus_add_match_async(bus->bus, &owner, kOwnerChanges, &Bus::OwnerChanged, nullptr, bus.get());
  if (status < 0) co_return BusError("listen for NameOwnerChanged", status);
  bus->owner.reset(owner);
  boost::system::error_code failed;
  bus->stream.assign(sd_bus_get_fd(bus->bus), failed);
  if (failed) co_return MakeError(ErrorCode::kUnavailable, "wait for the system bus: " + failed.message());
  ordinal::Spawn(bus->executor, "system bus", Bus::Pump(bus));
  const Result<bool> preparing = co_await Preparing();
  if (!preparing.ok()) co_return preparing.error();
  bus->watched = true;
  if (*preparing) bus->heard.push_front(true);
  co_return Status();
}

Task<Result<Fd>> Login::Inhibit(std::string who, std::string why) {
  CO_TRY(Message call, bus_->NewCall(kLogin, kLoginPath, kManager, "Inhibit"));
  sd_bus_message_append(call.get(), "ssss", "shutdown", who.c_str(), why.c_str(), "delay");
  std::string what = "take an inhibitor lock of systemd-logind";
  CO_TRY(const Message answer, co_await Bus::Call(bus_, std::move(call), what));
  int fd = -1;
  const int read = sd_bus_message_read(answer.get(), "h", &fd);
  if (read < 0) co_return BusError(what, read);
  Fd held(::fcntl(fd, F_DUPFD_CLOEXEC, 3));  // the answer's own goes with it
  if (!held) co_return ErrnoError(what, errno);
  co_return std::move(held);
}

Task<Result<Duration>> Login::InhibitDelayMax() {
  std::string what = "ask systemd-logind how long it delays a shutdown";
  CO_TRY(const Message answer, co_await Bus::Property(bus_, "InhibitDelayMaxUSec", what));
  uint64_t microseconds = 0;
  const int read = sd_bus_message_read(answer.get(), "v", "t", &microseconds);
  if (read < 0) co_return BusError(what, read);
  constexpr uint64_t kMost = 100ULL * 365 * 24 * 3600 * 1'000'000;  // "infinity" is the largest number
  co_return Duration(std::chrono::microseconds(std::min(microseconds, kMost)));
}

Task<Result<bool>> Login::Preparing() {
  std::string what = "ask systemd-logind whether the host shuts down";
  CO_TRY(const Message answer, co_await Bus::Property(bus_, "PreparingForShutdown", what));
  int preparing = 0;
  const int read = sd_bus_message_read(answer.get(), "v", "b", &preparing);
  if (read < 0) co_return BusError(what, read);
  co_return preparing != 0;
}

Task<Status> Login::Reload() {
  CO_TRY(Message call, bus_->NewCall("org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                                     "org.freedesktop.systemd1.Manager", "KillUnit"));
  sd_bus_message_append(call.get(), "ssi", "systemd-logind.service", "all", SIGHUP);
  std::string what = "make systemd-logind read its configuration again";
  CO_TRY(const Message answer, co_await Bus::Call(bus_, std::move(call), what));
  co_return Status();
}

Task<Result<bool>> Login::Next() {
  const std::shared_ptr<Bus> bus = bus_;
  while (bus->heard.empty() && !bus->lost) co_await bus->news.Wait();
  if (bus->heard.empty())
    co_return MakeError(ErrorCode::kUnavailable, "the connection to the system bus or to systemd-logind was lost");
  const bool begins = bus->heard.front();
  bus->heard.pop_front();
  co_return begins;
}

}  // namespace ordinal::systemd
