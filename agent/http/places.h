// Places: how many may be connected, and who goes when there are too many. HTTP thread only; it knows nothing of
// sockets.
//
//   silent ──first byte──> stranger ──a certificate, or a request with a token──> at work <──────> idle
//   (a socket, 4 KB)       (TLS, 80 KB)                                           (a request)      (between two)
//
// Each kind has places of its own, so that who shows no credential takes none from who does. When one kind has too
// many, the one of it that has been there longest goes: somebody who comes now is not kept out by who came before.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>

#include "agent/http/settings.h"

namespace ordinal::http {

class Place;

class Places {
 public:
  explicit Places(const Limits& limits);
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;

  /// The longest silent one goes, else the longest stranger: there are no file descriptors left. False: there is none.
  bool MakeRoom();
  /// Everybody goes.
  void Clear();
  size_t size() const;

 private:
  friend class Place;
  enum Kind { kSilent, kStranger, kIdle, kWorking, kLeaving };
  using List = std::list<Place*>;
  using Users = std::map<std::string, size_t, std::less<>>;

  void Move(Place& place, Kind kind);
  void SendAway(Place& place);

  /// The longest idle place of all, or of a user who has too many. Null: all are at work.
  Place* LongestIdle(const std::string* user);

  const size_t silent_, strangers_, known_, of_user_;
  const bool newest_stays_;
  std::array<List, 5> lists_;  ///< by kind; the longest there in front
  Users users_;                ///< places of known ones
};

/// One connection's place, as long as it lives. It comes silent.
class Place {
 public:
  /// `leave` is called once when it has to go, maybe from within another connection's call; it ends the connection
  /// soon.
  Place(Places& places, std::function<void()> leave);
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place();

  void OnLeave(std::function<void()> leave) { leave_ = std::move(leave); }
  bool left() const { return kind_ == Places::kLeaving; }
  bool known() const { return kind_ == Places::kIdle || kind_ == Places::kWorking; }

  /// It sent its first byte.
  void Speaks();
  /// It showed a credential that is accepted. False: everybody who did is at work, so there is no place for one more,
  /// if the longest at work is not to go. A user has so many places of all.
  bool Proves(const std::string& user);
  /// It waits for its next request, or works on one. Nothing for who is not known.
  void Rests();
  void Works();

 private:
  friend class Places;
  /// It counts among its user's no more.
  void GiveBack();

  Places& places_;
  std::function<void()> leave_;
  Places::Kind kind_ = Places::kSilent;
  Places::List::iterator at_;
  std::optional<Places::Users::iterator> user_;  ///< of who has proved
};

}  // namespace ordinal::http
