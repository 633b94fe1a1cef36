#include "catalog/categories.h"
#include "catalog/params.h"
#include "hooks/hooks.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Tier;
using tool::Type;

namespace {

constexpr tool::Param kGuests{.name = "vmid", .description = "VMIDs; default all"};
constexpr tool::Param kAll{.name = "all"};
constexpr tool::Param kPool{.name = "pool"};
constexpr tool::Param kExclude{.name = "exclude", .description = "VMIDs"};
constexpr tool::Param kStorageId{.name = "storage"};
constexpr tool::Param kMode{.name = "mode"};
constexpr tool::Param kCompress{.name = "compress"};
constexpr tool::Param kNotes{.name = "notes-template", .description = "E.g. {{guestname}}"};
constexpr tool::Param kJobId{.name = "id"};

}  // namespace

constexpr tool::Tool kBackup[] = {
    {.name = "pve_list_backup_jobs",
     .title = "List backup jobs",
     .description = "List the backup jobs.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/backup"},
     .view = {tool::View::Kind::Table, "backup jobs",
              "id enabled schedule next-run storage mode vmid pool all exclude node prune-backups compress "
              "fleecing "
              "notes-template comment"}},
    {.name = "pve_get_backup_job",
     .title = "Backup job",
     .description = "Read a backup job.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/backup/{id}"},
     .params = {kJobId}},
    {.name = "pve_run_backup",
     .title = "Back up now",
     .description = "Back up guests of a node now. remove=true prunes old backups (tier full).",
     .tier = Tier::ReadExecute,
     .effect = Effect::Destructive,
     .call = {Method::Post, "/nodes/{node}/vzdump"},
     .params = {{.name = "node", .need = tool::Need::Required},
                kGuests,
                kAll,
                kPool,
                kExclude,
                kStorageId,
                kMode,
                kCompress,
                kNotes},
     .heavy = true,
     .starts_task = true,
     .doing = "Running a backup on {node}",
     .done = "The backup on {node} {was} completed",
     .prepare = hooks::prepare_backup},
    {.name = "pve_create_backup_job",
     .title = "Create backup job",
     .description = "Schedule a backup job.",
     .tier = Tier::Full,
     .effect = Effect::Additive,
     .call = {Method::Post, "/cluster/backup"},
     .params = {{.name = "schedule", .description = "Required; e.g. sat 02:00"},
                kGuests,
                kAll,
                kPool,
                kExclude,
                {.name = "node"},
                kStorageId,
                kMode,
                kCompress,
                {.name = "prune-backups", .description = "E.g. keep-last=3"},
                {.name = "maxfiles", .description = "N: keep-last=N", .type = Type::Integer},
                kNotes,
                {.name = "comment"},
                {.name = "enabled"}},
     .doing = "Creating a backup job",
     .done = "Backup job {was} created",
     .prepare = hooks::prepare_backup_job},
    {.name = "pve_delete_backup_job",
     .title = "Delete backup job",
     .description = "Delete a backup job. Its backups are kept.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/cluster/backup/{id}"},
     .params = {kJobId},
     .doing = "Deleting backup job \"{id}\"",
     .done = "Backup job \"{id}\" {was} deleted"}};

static_assert(tool::valid(kBackup));

std::span<const tool::Tool> backup() { return kBackup; }

}  // namespace catalog
