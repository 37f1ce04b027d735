// SPDX-License-Identifier: Apache-2.0
#include "load/certificate_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/try.h"
#include "load/json_fields.h"
#include "load/json_value.h"
#include "path/binomial.h"

namespace rheo {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWordLimitBytes = 1024;
constexpr std::size_t kMostPromises = 2;  // one per LossKind
constexpr std::size_t kMostHosts = 1000;
constexpr int kMostReads = 1000;
constexpr std::int64_t kMostInputs = std::numeric_limits<std::int32_t>::max();  // items have 32-bit numbers

std::string to_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

Status read_loss(const std::string& name, const std::string& where, LossKind& loss) {
  for (const LossKind kind : {LossKind::disagreement, LossKind::accuracy_drop}) {
    if (name != name_of(kind)) continue;
    loss = kind;
    return Status();
  }
  return broken(fmt::format("{}.loss is '{}', which is no loss Rheo knows.", where, name));
}

Status read_promise(const JsonValue& item, const std::string& where, std::vector<CertifiedRisk>& promises) {
  CertifiedRisk risk;
  std::string loss;
  JsonFields fields(item, where);
  fields.text("loss", loss, kWordLimitBytes);
  fields.real("limit", risk.limit, 0, 1);
  fields.real("bound", risk.bound, -1, 1);
  fields.integer("losses", risk.losses, 0, kMostInputs);
  fields.integer("gains", risk.gains, 0, kMostInputs);
  RHEO_RETURN_IF_ERROR(fields.finish());
  RHEO_RETURN_IF_ERROR(read_loss(loss, where, risk.loss));
  if (risk.loss == LossKind::disagreement && (risk.gains != 0 || risk.bound < 0)) {
    return broken(
        fmt::format("{}: a disagreement cannot be won back; gains are 0 and the bound is not negative.", where));
  }
  const bool twice = std::any_of(promises.begin(), promises.end(),
                                 [&](const CertifiedRisk& earlier) { return earlier.loss == risk.loss; });
  if (twice) return broken(fmt::format("{}: '{}' is promised twice.", where, loss));
  promises.push_back(risk);
  return Status();
}

// Each input is lost, won or neither, once per promise; and nobody takes a bound of a disagreement at its word. That of
// a drop depends on the order of the inputs, which a certificate does not carry: the package's own hash must do there.
Status check_counts(const Certificate& certificate) {
  if (certificate.promises.empty()) return broken("certificate.promises is empty; a certificate promises something.");
  for (const CertifiedRisk& risk : certificate.promises) {
    if (risk.losses > certificate.inputs || risk.gains > certificate.inputs - risk.losses) {
      return broken(fmt::format("certificate: {} losses and {} gains in {} inputs are impossible.", risk.losses,
                                risk.gains, certificate.inputs));
    }
    const double delta = (1 - certificate.confidence) * std::exp2(-certificate.read);
    if (risk.loss != LossKind::disagreement || bound_follows(risk.bound, risk.losses, certificate.inputs, delta)) {
      continue;
    }
    return broken(
        fmt::format("certificate: {} losses in {} inputs, on read {} at a confidence of {}, do not bound the "
                    "disagreement by {}; adapt again, or take the package from where it was made.",
                    risk.losses, certificate.inputs, certificate.read, certificate.confidence, risk.bound));
  }
  return Status();
}

Status read_host(const JsonValue& item, const std::string& where, std::vector<VerifiedHost>& hosts) {
  VerifiedHost host;
  JsonFields fields(item, where);
  fields.name("isa", host.isa, kWordLimitBytes);
  fields.name("library_versions", host.library_versions, kWordLimitBytes);
  fields.text("verified", host.verified, kWordLimitBytes);
  RHEO_RETURN_IF_ERROR(fields.finish());
  const bool twice = std::any_of(hosts.begin(), hosts.end(), [&](const VerifiedHost& earlier) {
    return earlier.same_kind(host.isa, host.library_versions);
  });
  if (twice) return broken(fmt::format("{}: {} with {} is listed twice.", where, host.isa, host.library_versions));
  hosts.push_back(std::move(host));
  return Status();
}

}  // namespace

std::string certificate_to_json(const Certificate& certificate) {
  Json promises = Json::array();
  for (const CertifiedRisk& risk : certificate.promises) {
    promises.push_back({{"loss", name_of(risk.loss)},
                        {"limit", risk.limit},
                        {"bound", risk.bound},
                        {"losses", risk.losses},
                        {"gains", risk.gains}});
  }
  return to_text(Json{{"promises", std::move(promises)},
                      {"confidence", certificate.confidence},
                      {"inputs", certificate.inputs},
                      {"read", certificate.read},
                      {"policy", certificate.policy},
                      {"model_hash", certificate.model_hash},
                      {"data_fingerprint", certificate.data_fingerprint},
                      {"tuning_fingerprint", certificate.tuning_fingerprint},
                      {"order", certificate.order},
                      {"isa", certificate.isa},
                      {"library_versions", certificate.library_versions},
                      {"created", certificate.created}});
}

Result<Certificate> certificate_from_json(const std::string& text, const LoadLimits& limits) {
  const Result<JsonValue> root = parse_json(text, limits);
  if (!root) return root.status().with_context("certificate");
  constexpr double kSmallest = std::numeric_limits<double>::min();
  constexpr double kBelowOne = 1 - std::numeric_limits<double>::epsilon() / 2;
  Certificate certificate;
  JsonFields fields(*root, "certificate");
  fields.array("promises", kMostPromises, [&](const JsonValue& item, const std::string& where) {
    return read_promise(item, where, certificate.promises);
  });
  fields.real("confidence", certificate.confidence, kSmallest, kBelowOne);
  fields.integer("inputs", certificate.inputs, 0, kMostInputs);
  fields.integer("read", certificate.read, 1, kMostReads);
  fields.text("policy", certificate.policy, limits.text_bytes);
  fields.text("model_hash", certificate.model_hash, kWordLimitBytes);
  fields.text("data_fingerprint", certificate.data_fingerprint, kWordLimitBytes);
  fields.text("tuning_fingerprint", certificate.tuning_fingerprint, kWordLimitBytes);
  fields.text("order", certificate.order, kWordLimitBytes);
  fields.text("isa", certificate.isa, kWordLimitBytes);
  fields.text("library_versions", certificate.library_versions, kWordLimitBytes);
  fields.text("created", certificate.created, kWordLimitBytes);
  RHEO_RETURN_IF_ERROR(fields.finish());
  RHEO_RETURN_IF_ERROR(check_counts(certificate));
  return certificate;
}

std::string hosts_to_json(const std::vector<VerifiedHost>& hosts) {
  Json list = Json::array();
  for (const VerifiedHost& host : hosts) {
    list.push_back({{"isa", host.isa}, {"library_versions", host.library_versions}, {"verified", host.verified}});
  }
  return to_text(Json{{"hosts", std::move(list)}});
}

Result<std::vector<VerifiedHost>> hosts_from_json(const std::string& text, const LoadLimits& limits) {
  const Result<JsonValue> root = parse_json(text, limits);
  if (!root) return root.status().with_context("hosts");
  std::vector<VerifiedHost> hosts;
  JsonFields fields(*root, "hosts");
  fields.array("hosts", kMostHosts,
               [&](const JsonValue& item, const std::string& where) { return read_host(item, where, hosts); });
  RHEO_RETURN_IF_ERROR(fields.finish());
  return hosts;
}

}  // namespace rheo
