#include "dns/server/udp_listener.h"

#include <netinet/in.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace ordinal::dns {
namespace {

constexpr size_t kBatch = 32;
constexpr size_t kRequestSize = 1536;  // larger datagrams than an Ethernet frame's are no queries
constexpr size_t kControlSize = 64;    // one in_pktinfo or in6_pktinfo
// Batches taken in a row before the thread looks at its other sockets again.
constexpr int kBatchesPerEvent = 8;

/// Everything a late reply needs to find its way back.
struct Peer {
  sockaddr_storage address{};
  socklen_t address_size = 0;
  std::array<uint8_t, kControlSize> control{};
  size_t control_size = 0;
};

/// The interface a query came in on need not be the one its answer leaves by: only the address is kept.
void ForgetInterface(msghdr& header) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
      reinterpret_cast<in_pktinfo*>(CMSG_DATA(control))->ipi_ifindex = 0;
    }
  }
}

}  // namespace

struct UdpListener::Batch {
  struct Slot {
    std::array<uint8_t, kRequestSize> request;
    std::array<uint8_t, wire::kMaxUdpSize> reply;
    sockaddr_storage peer;
    alignas(cmsghdr) std::array<uint8_t, kControlSize> control;
    iovec request_vector, reply_vector;
  };
  std::array<Slot, kBatch> slots;
  std::array<mmsghdr, kBatch> requests, replies;
};

UdpListener::UdpListener(Fd socket, bool keep_source, QueryHandler& handler)
    : socket_(std::move(socket)),
      keep_source_(keep_source),
      handler_(handler),
      batch_(std::make_unique_for_overwrite<Batch>()) {
  for (size_t i = 0; i < kBatch; ++i) {
    Batch::Slot& slot = batch_->slots[i];
    slot.request_vector = {slot.request.data(), slot.request.size()};
    msghdr& header = batch_->requests[i].msg_hdr;
    header = {};
    header.msg_name = &slot.peer;
    header.msg_iov = &slot.request_vector;
    header.msg_iovlen = 1;
    header.msg_control = keep_source_ ? slot.control.data() : nullptr;
  }
}

UdpListener::~UdpListener() = default;

void UdpListener::OnEvents(uint32_t) {
  for (int i = 0; i < kBatchesPerEvent; ++i) {
    for (mmsghdr& request : batch_->requests) {
      request.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
      request.msg_hdr.msg_controllen = keep_source_ ? kControlSize : 0;
    }
    const int received = recvmmsg(socket_.get(), batch_->requests.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (received <= 0) return;
    AnswerBatch(static_cast<size_t>(received));
    if (static_cast<size_t>(received) < kBatch) return;
  }
}

void UdpListener::AnswerBatch(size_t received) {
  size_t ready = 0;
  for (size_t i = 0; i < received; ++i) {
    msghdr& asked = batch_->requests[i].msg_hdr;
    Batch::Slot& slot = batch_->slots[i];
    const wire::Bytes request(slot.request.data(), batch_->requests[i].msg_len);
    const bool whole = (asked.msg_flags & MSG_TRUNC) == 0;
    const Outcome outcome = handler_.Answer(whole ? request : wire::Bytes(), Transport::kUdp, slot.reply);
    if (outcome.later()) AnswerLater(i, outcome, slot.reply);
    if (outcome.kind != Outcome::Kind::kReply) continue;
    if (keep_source_) ForgetInterface(asked);
    slot.reply_vector = {slot.reply.data(), outcome.size};
    msghdr& reply = batch_->replies[ready++].msg_hdr;
    reply = {};
    reply.msg_name = asked.msg_name;
    reply.msg_namelen = asked.msg_namelen;
    reply.msg_iov = &slot.reply_vector;
    reply.msg_iovlen = 1;
    reply.msg_control = asked.msg_control;
    reply.msg_controllen = asked.msg_controllen;
  }
  SendBatch(ready);
}

void UdpListener::AnswerLater(size_t index, const Outcome& outcome, wire::Bytes out) {
  msghdr& asked = batch_->requests[index].msg_hdr;
  if (keep_source_) ForgetInterface(asked);
  Peer peer;
  peer.address_size = asked.msg_namelen;
  std::memcpy(&peer.address, asked.msg_name, asked.msg_namelen);
  peer.control_size = asked.msg_controllen;
  if (peer.control_size > 0) std::memcpy(peer.control.data(), asked.msg_control, peer.control_size);
  const wire::Bytes request(batch_->slots[index].request.data(), batch_->requests[index].msg_len);
  handler_.AnswerLater(request, Transport::kUdp, outcome, out, [this, peer](wire::Bytes reply) mutable {
    iovec vector{const_cast<uint8_t*>(reply.data()), reply.size()};
    msghdr header{};
    header.msg_name = &peer.address;
    header.msg_namelen = peer.address_size;
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = peer.control_size > 0 ? peer.control.data() : nullptr;
    header.msg_controllen = peer.control_size;
    sendmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_NOSIGNAL);
  });
}

void UdpListener::SendBatch(size_t count) {
  for (size_t at = 0; at < count;) {
    const int sent = sendmmsg(socket_.get(), batch_->replies.data() + at, static_cast<unsigned>(count - at),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    // A full send buffer, or a peer that cannot be reached: that reply is lost, as any datagram may be.
    at += sent > 0 ? static_cast<size_t>(sent) : 1;
  }
}

}  // namespace ordinal::dns
