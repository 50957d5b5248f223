#include "http/sign_in/pages.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include "http/sign_in/endpoints.hpp"

namespace byline::http {
namespace {

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:15vh auto;padding:0 1rem;color:#1a1a1a}"
    "h1{font-size:1.4rem}label{display:block;margin:1rem 0 .25rem}"
    "input{width:100%;box-sizing:border-box;font:inherit;padding:.5rem;border:1px solid "
    "#767676;border-radius:4px}"
    "button{font:inherit;margin-top:1.5rem;padding:.5rem "
    "1rem;border:0;border-radius:4px;background:#1f4e8c;color:#fff}"
    "#said{margin-top:1rem;min-height:1.5em}";

constexpr std::string_view kSignInBody =
    R"~(<h1>Sign in to Byline</h1><form id="form"><label for="email">E-mail address</label><input id="email" type="email" autocomplete="username" required autofocus><label for="password">Password</label><input id="password" type="password" autocomplete="current-password" required><div id="second" hidden><label for="code">Code of your authenticator app</label><input id="code" inputmode="numeric" autocomplete="one-time-code" maxlength="6"></div><button>Sign in</button></form><p id="said" role="alert"></p>)~";
constexpr std::string_view kSignInScript =
    R"~(const by=id=>document.getElementById(id);by('form').addEventListener('submit',async e=>{e.preventDefault();const r=await fetch('/sign-in',{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify({email:by('email').value,password:by('password').value,code:by('code').value||undefined})});const b=await r.json();if(r.ok){location='/account';return}const x=b.errors[0];if(x.code==='second_factor_required'){by('second').hidden=false;by('code').focus()}by('said').textContent=x.detail}))~";

constexpr std::string_view kLinkBody =
    R"~(<h1>Choose a password</h1><form id="form"><label for="password">New password, 12 characters or more</label><input id="password" type="password" autocomplete="new-password" minlength="12" required autofocus><label for="again">The same again</label><input id="again" type="password" autocomplete="new-password" required><button>Set the password</button></form><p id="said" role="alert"></p>)~";
constexpr std::string_view kLinkScript =
    R"~(const by=id=>document.getElementById(id);by('form').addEventListener('submit',async e=>{e.preventDefault();if(by('password').value!==by('again').value){by('said').textContent='The two are not the same.';return}const r=await fetch('/sign-in/link',{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify({link:location.hash.slice(1),password:by('password').value})});if(r.ok){location='/sign-in';return}by('said').textContent=(await r.json()).errors[0].detail}))~";

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// How a policy names what may stand in a page (CSP Level 3 §2.3.1).
std::string hash_source(std::string_view text) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  unsigned char encoded[64];
  auto size = EVP_EncodeBlock(encoded, digest, sizeof digest);
  return "'sha256-" + std::string(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size)) +
         "'";
}

Response page(unsigned status, std::string_view title, std::string_view head, std::string_view body,
              std::string_view script) {
  Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>" +
      escaped(title) + "</title>" + std::string(head) + "<style>" + std::string(kStyle) +
      "</style></head><body>" + std::string(body);
  std::string policy =
      "default-src 'none'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
      "frame-ancestors 'none'; style-src " +
      hash_source(kStyle);
  if (!script.empty()) {
    response.body += "<script>" + std::string(script) + "</script>";
    policy += "; script-src " + hash_source(script);
  }
  response.body += "</body></html>";
  response.headers.emplace_back("Content-Security-Policy", policy);
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace

Response message_page(unsigned status, std::string_view title, std::string_view text) {
  auto body =
      "<h1>" + escaped(title) + "</h1><p>" + escaped(text) + "</p><p><a href=\"/sign-in\">Sign in</a></p>";
  return page(status, title, {}, body, {});
}

Response forward_page(std::string_view path) {
  auto target = escaped(path);
  return page(200, "Signed in", "<meta http-equiv=\"refresh\" content=\"0;url=" + target + "\">",
              "<p>You are signed in. <a href=\"" + target + "\">Go on</a></p>", {});
}

Awaitable<Response> sign_in_page(Call& call) {
  std::string body(kSignInBody);
  if (call.services.oidc)
    body += "<p><a href=\"/sign-in/oidc\">Sign in with " + escaped(call.services.oidc->issuer()) + "</a></p>";
  co_return page(200, "Sign in", {}, body, kSignInScript);
}

Awaitable<Response> link_page(Call&) { co_return page(200, "Choose a password", {}, kLinkBody, kLinkScript); }

}  // namespace byline::http
