#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace byline::http {

/// How many of one address, or of another whole, may be at something dear at the same time, so that one does
/// not keep everybody else out. Thread-safe.
class Places {
 public:
  explicit Places(unsigned of_one) : of_one_(of_one) {}

  /// Held while somebody is at it.
  class Place {
   public:
    Place(Places& places, std::string address) : places_(&places), address_(std::move(address)) {}
    Place(Place&& other) noexcept
        : places_(std::exchange(other.places_, nullptr)), address_(std::move(other.address_)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (places_) places_->leave(address_);
    }

   private:
    Places* places_;
    std::string address_;
  };

  /// nullopt where all of the address are taken.
  std::optional<Place> enter(std::string_view address) {
    std::lock_guard guard(mutex_);
    auto& taken = taken_[std::string(address)];
    if (taken >= of_one_) return std::nullopt;
    ++taken;
    return std::optional<Place>(std::in_place, *this, std::string(address));
  }

 private:
  void leave(const std::string& address) {
    std::lock_guard guard(mutex_);
    auto found = taken_.find(address);
    if (--found->second == 0) taken_.erase(found);
  }

  const unsigned of_one_;
  std::mutex mutex_;
  boost::unordered_flat_map<std::string, unsigned> taken_;
};

}  // namespace byline::http
