#include "domain/narrowest_roles.hpp"

#include <algorithm>
#include <tuple>

namespace byline {
namespace {

/// Triples of so many are some ten thousand: a moment.
constexpr std::size_t kMaxCandidates = 40;

/// How many steps of levels all cells together have.
int weight_of(const PermissionMatrix& matrix) {
  int weight = 0;
  for_each_permission(matrix, [&](Area, Operation, Level level) { weight += static_cast<int>(level); });
  return weight;
}

/// How much of what is needed the role gives.
int use_of(const PermissionMatrix& role, const PermissionMatrix& needed) {
  int use = 0;
  for_each_permission(needed, [&](Area area, Operation operation, Level level) {
    use += std::min(static_cast<int>(level), static_cast<int>(role.at(area, operation)));
  });
  return use;
}

class Search {
 public:
  Search(std::span<const PermissionMatrix> roles, const PermissionMatrix& needed)
      : roles_(roles), needed_(needed) {
    for (std::size_t i = 0; i < roles.size(); ++i) {
      if (use_of(roles[i], needed) > 0) candidates_.push_back(i);
    }
    // What gives most of it comes first, of equals the one that gives the least besides.
    std::ranges::sort(candidates_, {}, [&](std::size_t place) {
      return std::tuple(-use_of(roles[place], needed), weight_of(roles[place]), place);
    });
    candidates_.resize(std::min(candidates_.size(), kMaxCandidates));
  }

  std::optional<std::vector<std::size_t>> best() {
    for (std::size_t count = 0; count <= 3; ++count) extend({}, {}, 0, count);
    return best_;
  }

 private:
  void extend(std::vector<std::size_t> chosen, const PermissionMatrix& given, std::size_t next,
              std::size_t more) {
    if (more == 0) {
      auto weight = weight_of(given);
      if (!given.covers(needed_) || (best_ && weight >= best_weight_)) return;
      best_ = std::move(chosen);
      best_weight_ = weight;
      return;
    }
    for (; next < candidates_.size(); ++next) {
      auto together = given;
      together.unite(roles_[candidates_[next]]);
      auto with = chosen;
      with.push_back(candidates_[next]);
      extend(std::move(with), together, next + 1, more - 1);
    }
  }

  std::span<const PermissionMatrix> roles_;
  const PermissionMatrix& needed_;
  std::vector<std::size_t> candidates_;
  std::optional<std::vector<std::size_t>> best_;
  int best_weight_ = 0;
};

}  // namespace

std::optional<std::vector<std::size_t>> narrowest_roles(std::span<const PermissionMatrix> roles,
                                                        const PermissionMatrix& needed) {
  return Search(roles, needed).best();
}

}  // namespace byline
