#pragma once

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "security/bytes.hpp"

namespace byline::security {

// OpenSSL's things with owners. For the sources of this folder.

template <auto Free>
struct FreeBy {
  void operator()(auto* thing) const { Free(thing); }
};
using BigNumber = std::unique_ptr<BIGNUM, FreeBy<BN_clear_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeBy<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>>;
using ParamsBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeBy<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, FreeBy<OSSL_PARAM_free>>;
using SharedKey = std::shared_ptr<EVP_PKEY>;

inline SharedKey share(EVP_PKEY* key) { return SharedKey(key, EVP_PKEY_free); }

/// For what fails only when memory or OpenSSL itself does.
inline void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL cannot ") + what);
}

}  // namespace byline::security
