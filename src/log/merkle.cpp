#include "log/merkle.hpp"

#include <openssl/evp.h>

#include <bit>
#include <cassert>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace byline {
namespace {

void must(bool done) {
  if (!done) throw std::runtime_error("SHA-256 cannot be computed");
}

/// OpenSSL's, because it uses the processor's own instructions. Each thread keeps one: what costs is to set
/// one up.
class Sha256 {
 public:
  static Sha256& of_this_thread() {
    thread_local Sha256 hash;
    return hash;
  }

  TreeHash of(std::uint8_t prefix, std::string_view bytes) {
    TreeHash hash;
    must(EVP_DigestInit_ex(context_.get(), sha256_.get(), nullptr) == 1 &&
         EVP_DigestUpdate(context_.get(), &prefix, 1) == 1 &&
         EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1 &&
         EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr) == 1);
    return hash;
  }

 private:
  Sha256()
      : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free),
        sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free) {
    must(context_ && sha256_);
  }

  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> sha256_;
};

constexpr std::uint8_t kLeaf = 0, kNode = 1;  // §2.1.1: so that no leaf can be taken for a node

/// Of the empty tree: that of no bytes.
TreeHash empty_root() {
  TreeHash hash;
  must(EVP_Digest("", 0, hash.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return hash;
}

/// The largest power of two below `size`, where §2.1.1 splits a tree. Needs size > 1.
std::uint64_t split(std::uint64_t size) { return std::bit_floor(size - 1); }

/// Of the leaves [begin, end), as they are split off a tree: so a power of two of them begins at a multiple
/// of it.
TreeHash range_hash(const Subtrees& subtrees, std::uint64_t begin, std::uint64_t end) {
  auto size = end - begin;
  if (std::has_single_bit(size)) {
    assert(begin % size == 0);
    return subtrees.subtree(static_cast<unsigned>(std::countr_zero(size)), begin / size);
  }
  auto middle = begin + split(size);
  return node_hash(range_hash(subtrees, begin, middle), range_hash(subtrees, middle, end));
}

}  // namespace

TreeHash leaf_hash(std::string_view entry) { return Sha256::of_this_thread().of(kLeaf, entry); }

TreeHash node_hash(const TreeHash& left, const TreeHash& right) {
  std::array<char, 64> both;
  std::memcpy(both.data(), left.data(), left.size());
  std::memcpy(both.data() + left.size(), right.data(), right.size());
  return Sha256::of_this_thread().of(kNode, {both.data(), both.size()});
}

TreeHash root_of(const Subtrees& subtrees, std::uint64_t size) {
  return size == 0 ? empty_root() : range_hash(subtrees, 0, size);
}

std::vector<TreeHash> inclusion_proof(const Subtrees& subtrees, std::uint64_t index, std::uint64_t size) {
  assert(index < size);
  std::vector<TreeHash> from_root;
  std::uint64_t begin = 0, end = size;
  while (end - begin > 1) {
    auto middle = begin + split(end - begin);
    bool left = index < middle;
    from_root.push_back(left ? range_hash(subtrees, middle, end) : range_hash(subtrees, begin, middle));
    (left ? end : begin) = middle;
  }
  return {from_root.rbegin(), from_root.rend()};
}

std::optional<TreeHash> root_by_inclusion(std::uint64_t index, std::uint64_t size, const TreeHash& leaf,
                                          std::span<const TreeHash> proof) {
  if (index >= size) return std::nullopt;
  auto node = index, last = size - 1;
  auto hash = leaf;
  for (const auto& sibling : proof) {
    if (last == 0) return std::nullopt;
    if (node % 2 == 1 || node == last) {
      hash = node_hash(sibling, hash);
      while (node % 2 == 0 && node != 0) node >>= 1, last >>= 1;
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1, last >>= 1;
  }
  if (last != 0) return std::nullopt;
  return hash;
}

std::vector<TreeHash> consistency_proof(const Subtrees& subtrees, std::uint64_t old_size,
                                        std::uint64_t size) {
  assert(old_size <= size);
  if (old_size == 0 || old_size == size) return {};
  std::vector<TreeHash> from_root;
  std::uint64_t begin = 0, end = size;
  while (end != old_size) {
    auto middle = begin + split(end - begin);
    bool left = old_size <= middle;
    from_root.push_back(left ? range_hash(subtrees, middle, end) : range_hash(subtrees, begin, middle));
    (left ? end : begin) = middle;
  }
  // Where the old tree is itself a subtree, who checks has its hash already.
  if (begin != 0) from_root.push_back(range_hash(subtrees, begin, end));
  return {from_root.rbegin(), from_root.rend()};
}

bool is_consistent(std::uint64_t old_size, const TreeHash& old_root, std::uint64_t size, const TreeHash& root,
                   std::span<const TreeHash> proof) {
  if (old_size > size) return false;
  if (old_size == 0) return proof.empty() && old_root == empty_root();
  if (old_size == size) return proof.empty() && old_root == root;
  auto node = old_size - 1, last = size - 1;
  while (node % 2 == 1) node >>= 1, last >>= 1;
  if (node != 0 && proof.empty()) return false;
  // Where the old tree is a subtree of the new one, the proof leaves its root out.
  auto old_hash = node == 0 ? old_root : proof.front();
  auto hash = old_hash;
  for (const auto& sibling : node == 0 ? proof : proof.subspan(1)) {
    if (last == 0) return false;
    if (node % 2 == 1 || node == last) {
      old_hash = node_hash(sibling, old_hash);
      hash = node_hash(sibling, hash);
      while (node % 2 == 0 && node != 0) node >>= 1, last >>= 1;
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1, last >>= 1;
  }
  return last == 0 && old_hash == old_root && hash == root;
}

void TreeRoot::add(const TreeHash& leaf) {
  auto hash = leaf;
  for (auto rest = size_; rest % 2 == 1; rest >>= 1) {
    hash = node_hash(complete_.back(), hash);
    complete_.pop_back();
  }
  complete_.push_back(hash);
  ++size_;
}

TreeHash TreeRoot::root() const {
  if (complete_.empty()) return empty_root();
  auto hash = complete_.back();
  for (std::size_t i = complete_.size() - 1; i-- > 0;) hash = node_hash(complete_[i], hash);
  return hash;
}

}  // namespace byline
