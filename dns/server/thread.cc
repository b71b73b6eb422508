#include "dns/server/thread.h"

#include <csignal>
#include <memory>

namespace ordinal::dns {
namespace {

void* RunBody(void* argument) {
  const std::unique_ptr<std::function<void()>> body(static_cast<std::function<void()>*>(argument));
  (*body)();
  return nullptr;
}

}  // namespace

Result<Thread> Thread::Start(const std::string& name, size_t stack_size, std::function<void()> body) {
  auto owned = std::make_unique<std::function<void()>>(std::move(body));
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_size);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // inherited by the new thread
  pthread_t handle;
  const int error = pthread_create(&handle, &attributes, RunBody, owned.get());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (error != 0) return ErrnoError("cannot start a DNS thread", error);
  owned.release();  // RunBody has it
  pthread_setname_np(handle, name.c_str());
  return Thread(handle);
}

}  // namespace ordinal::dns
