// Results of tools as JSON text of a revision.
#pragma once

#include <string>
#include <vector>

#include "mcp/object_text.h"
#include "mcp/revision.h"
#include "seam/tools.h"

namespace mcp {

/// The array of a tools/list: members that the revision does not know are left out, and so are hints equal
/// to the protocol's defaults.
void write_tools(const std::vector<ToolDescription>& tools, Revision revision, std::string& out);

/// One TextResourceContents or BlobResourceContents.
void write_contents(const ResourceContents& contents, std::string& out);
/// One ContentBlock.
void write_content(const Content& content, Revision revision, std::string& out);

/// The members `content`, `structuredContent` and `isError`. Structured content that the revision cannot
/// carry goes into a text block when there is no other content.
void write_result(const Result& result, Revision revision, ObjectText& object);

Result error_result(std::string text);

}  // namespace mcp
