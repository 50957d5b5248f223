#pragma once

#include <string>

#include "engine/reader.hpp"
#include "history/row_names.hpp"
#include "http/resource.hpp"

namespace byline::http {

// How a resource is signed: who brought it forth, who touched it last, and when.

inline constexpr std::string_view kTimeSchema = R"({"type":"string","format":"date-time"})";
inline constexpr std::string_view kNameSchema = R"({"type":"string"})";
inline constexpr std::string_view kVersionSchema = R"({"type":"integer","minimum":1})";

inline constexpr AttributeSpec kCreatedAt{"created_at", kTimeSchema};
inline constexpr AttributeSpec kCreatedBy{"created_by", kNameSchema};
inline constexpr AttributeSpec kLastUpdatedAt{"last_updated_at", kTimeSchema};
inline constexpr AttributeSpec kLastUpdatedBy{"last_updated_by", kNameSchema};
inline constexpr AttributeSpec kVersion{"version", kVersionSchema};

using history::signing_name;

/// Adds the four attributes of the signature.
void sign(Resource& resource, const Reader& reader, const OrganizationId& organization, const Byline& byline);

/// The path of a resource under /admin.
std::string admin_path(std::string_view type, std::string_view id);

}  // namespace byline::http
