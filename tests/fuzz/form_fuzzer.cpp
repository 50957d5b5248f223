// Forms, queries, paths, Basic headers, scopes and networks of anybody's making.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "domain/network.hpp"
#include "http/oauth/basic.hpp"
#include "http/scope.hpp"
#include "http/url_encoding.hpp"

using namespace byline;
using namespace byline::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto form = parse_form(text)) {
    // Written again, it is read as the same.
    std::string written;
    for (const auto& [name, value] : *form)
      written += (written.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
    auto again = parse_form(written);
    if (!again || *again != *form) std::abort();
  }
  static_cast<void>(split_path(text));
  static_cast<void>(read_basic(text));
  static_cast<void>(read_basic("Basic " + std::string(text)));
  if (auto scope = read_scope(text)) {
    PermissionMatrix everything;
    for (std::size_t a = 0; a < kAreaCount; ++a) {
      for (std::size_t o = 0; o < kOperationCount; ++o)
        everything.set(static_cast<Area>(a), static_cast<Operation>(o), Level::all);
    }
    everything.keep(*scope);
    auto again = read_scope(scope_of(everything));
    if (!again || *again != *scope) std::abort();
  }
  if (auto network = parse_network_text(text)) {
    if (parse_network_text(*network) != network) std::abort();
  }
  return 0;
}
