// The instructions of the prompts: what an experienced administrator tells a junior. At most 2560 bytes each.
#pragma once

#include <string_view>

namespace catalog {

inline constexpr std::string_view kTriageNode =
    R"(Find out what is wrong with the node {node}. Use the facts below first. Change nothing without asking.

Check in this order and stop at the first that explains the trouble:
1. Is the node there? Offline in the node list but a member in the cluster status: it is dead, hung or cut off. Not
   quorate: /etc/pve is read-only and nothing starts; restore quorum before you look further. Node online but all
   guests "unknown": pvestatd hangs, mostly on a storage that does not answer; the guests still run.
2. Memory: above 90% of total, or swap in use together with memory pressure. ZFS's ARC counts as used, but shrinks.
   "oom" or "Out of memory" in the system log names the victim.
3. Disk: a rootfs above 90% soon stops logs, tasks and backups. A thin pool above 85%: when it is full, guests get I/O
   errors. A storage enabled but not active: check the network, the credentials and its server.
4. I/O: wait above 10% or io pressure avg above 10%. Look for a running backup, restore, scrub or move.
5. CPU: load above the number of CPUs for long, cpu pressure above 10%. One guest or all of them?
6. Services: pve-cluster, corosync, pvestatd, pvedaemon, pveproxy, pvescheduler must run (corosync only in a cluster);
   pve-ha-crm and pve-ha-lrm where HA is used. The states not-found and static are normal.
7. Failed tasks and log: look for an error that repeats; ignore one old failure. A clock that differs between
   nodes breaks corosync and Ceph.

Traps: PVE 8 has no pressure values. A restart of corosync or pve-cluster, or a lost link, on a node with HA guests can
end in fencing: a hard reset of the node. A restart of pvestatd, pvedaemon or pveproxy does not touch guests. A lock is
normal while its task runs.

Next tools: pve_get_node_syslog with since and service; pve_get_task_log of a failed task; pve_get_node_rrddata or
pve_get_storage_rrddata for the time of the onset; pve_get_qemu_rrddata or pve_get_lxc_rrddata of the heaviest guests;
slow guests one at a time with the prompt slow_guest.

Report: the cause in one sentence with its evidence, since when, which guests suffer, what you ruled out and what could
not be read; then at most three remedies, the least invasive first, each with what it interrupts.)";

inline constexpr std::string_view kSlowGuest =
    R"(Find out why guest {guest} is slow or stuck. Use the facts below first. Change nothing without asking.

Stuck? Look here first:
1. lock in status or config: find its task. If the task runs, wait for it (pve_get_task_status with wait). If none runs
   or waits, the lock is stale: root removes it on the node with "qm unlock" or "pct unlock". No API token can.
2. qmpstatus: paused means suspended or waiting; io-error means that its storage is full or away: free space first, then
   pve_resume_qemu_vm. internal-error: save the evidence before a reset.
3. A failed backup may have left the guest's file systems frozen by the agent: the guest still runs, but every write
   hangs.
4. HA ignores a guest in state error until you disable and start it again. HA undoes a stop that bypasses HA.
Slow? Compare the guest with its own past and with its node:
5. CPU near 100% of its cores: too few, or a runaway process inside. Low use but cpu pressure above 10%: the node
   is short of CPU. cpulimit and cpuunits in the config limit the guest on purpose.
6. Memory: a container at its limit swaps or kills processes. balloon below memory: the host takes memory back once it
   is above 80%, and the guest swaps. PVE 9 includes a VM's overhead, and counts all of its memory as used if
   balloon statistics are missing. So do not report 100% by itself.
7. Disk: io pressure "some" above 10%, "full" above 5%. Look for others that load the storage: a backup (a slow target
   slows the guest's own writes; fleecing helps), a scrub, a neighbour, a deep chain of snapshots.
8. Config: disks as ide or sata, netN not virtio, scsihw without iothread, CPU type kvm64 or qemu64, mbps or iops
   limits, rate on the network card, no agent. pending changes wait for a full stop and start: a reboot from inside
   does not apply them.

Traps: if a value jumps at one moment and stays there, look for the task of a change or a migration. You cannot see
inside the guest: say what to check there (top, iostat, free space, its own logs). PVE 8 has no pressure values.

Next tools: pve_get_task_log of suspicious tasks; pve_get_storage_rrddata; pve_top_consumers by diskio; the prompt
triage_node when the node itself is short.

Report: the cause and its evidence, since when, guest, node or storage to blame, what could not be seen; then remedies,
the least invasive first, saying which need downtime.)";

inline constexpr std::string_view kBackupAudit =
    R"(Audit the backups of this cluster. Use the facts below first. Change nothing without asking. Scope: {pool}. Judge
only the guests in the list Guests; the other lists cover the whole cluster.

Judge whether every guest could be restored to yesterday. Check:
1. Coverage: guests in no backup job. For each: template, test or sandbox (fine when its owner says so), or an
   omission? New guests are often forgotten; a job for a pool or for all would include them.
2. Jobs: enabled? next-run in the future? Is the storage on other hardware than the guests? Does a job limited to one
   node miss guests that moved away? mode stop means downtime, suspend is outdated, snapshot is right.
3. Age: newest backup older than twice the schedule is stale, older than 7 days alarming, none at all worse; a
   verification that failed counts as none. The lists below begin with the newest and may not reach the oldest.
4. Runs: one failed guest makes the whole task "job errors": pve_get_task_log names the guest, the others are fine.
   Report WARNINGS too. If a node has no vzdump task of a job within the job's period, the node was off or
   the job never ran.
5. Retention: prune-backups of the job, else of the storage. keep-all fills the storage until all backups stop;
   keep-last=1 keeps no history: damage noticed late is in every copy. PBS may prune on its own side.
6. Space: backup storage above 85%, or growing to full within weeks. PBS frees space only by garbage collection.
7. Content: disks with backup=0 are left out; of a container only rootfs and mount points with backup=1, never bind
   mounts. Passthrough disks are never included. A VM without agent is only crash-consistent: databases need more.
8. A second copy is needed, off site, that the cluster's root cannot delete.

Traps: snapshots and replication are not backups. A token sees only guests it has rights on. A guest's backup
history ends when it gets another number. "Protected" backups are not pruned and fill up.

Next tools: pve_list_storage_content with content backup and vmid; pve_get_backup_job; pve_get_qemu_config or
pve_get_lxc_config for point 7; pve_find_orphans; the prompt restore_drill to prove that a restore works.

Report: a table of guest, covering job, newest backup and problem, worst first; then jobs and storages with problems;
then the changes you propose, each as one call (such as pve_create_backup_job) to be confirmed.)";

inline constexpr std::string_view kDrainNode =
    R"(Plan how to empty the node {node} for maintenance. Use the facts below first. Only plan: migrate, stop and change
nothing without asking.

1. May the node go at all? The cluster must stay quorate without it; a cluster of two nodes without a QDevice does not.
   Wait while another node is offline, a backup runs or Ceph rebalances.
2. Sort its guests: running VM, running container, stopped, template. Stopped ones may stay unless the node goes away
   for good.
3. Traps: look for what blocks or slows each running guest (pve_get_qemu_config or pve_get_lxc_config):
   - hostpciN, usbN by device: no live migration; stop it, or let it stay down. Mapped devices need the same mapping
     there.
   - ideN or sataN with an ISO on local storage: eject it first. Cloud-init on local storage likewise.
   - disks on storage that is not shared: migrate live with with-local-disks; this copies the whole disk, and is quick
     only if a replication job to the target exists. The target needs a storage of that name or targetstorage.
   - cpu host: only between like CPUs. If the target lacks a bridge or VLAN, the guest loses its network.
   - these block a move: a lock, snapshots with RAM on local disks, an older PVE on the target.
   - containers never move live: stop, move, start, seconds of downtime; bind mounts block. No tool here moves them: on
     the node "pct migrate CTID TARGET --restart".
4. Targets: compare their free memory with the guests' maxmem, not the present use; leave each target below 80% and able
   to lose one more node. Keep apart what is redundant (two DNS servers, cluster members). No tool shows HA rules: ask
   for "ha-manager rules list", run as root on a node (PVE 8: "ha-manager groupconfig"), and respect them.
5. HA guests: do not move them by hand one by one. As root on a node: ha-manager crm-command node-maintenance enable
   {node} moves them and brings them back after disable. A plain reboot follows shutdown_policy and may stop them.
6. Order: small and redundant ones first as a test, big memory last, two or three at a time over the migration network.
   If a VM is your router, DNS, PBS or storage, plan how you work without it.

Next tools: pve_migrate_qemu_vm (after the yes), pve_get_task_status with wait, pve_list_networks of source and target,
pve_get_node_status of the targets.

Report: may the node go (yes, no, or the condition); a table of guest, target, way (live, with local disks, restart,
stop, stays), expected interruption and blocker; the load of each target afterwards; the way back.)";

inline constexpr std::string_view kCapacityReport =
    R"(Report how full this cluster is and which resource runs out first. Use the facts below first. Change nothing without
asking. Scope: {node}. Of other nodes, report only whether these guests would fit there.

1. Memory runs out first in most clusters. Compare per node: used now, maximum over the month, and promised (maxmem
   of the running guests). Above 80% used is tight, above 90% urgent; if the promised memory exceeds
   100%, the node relies on ballooning and KSM.
   ZFS's ARC counts as used, but shrinks (default 10% of RAM, at most 16 GiB, since 8.1; before that up to half).
2. Loss of a node: would the running guests of the biggest node fit into the free memory of the others? If not, HA
   cannot restart them all: report that even if the rest looks good. In a cluster of two nodes, keep both below 45%.
3. CPU: average above 60% or maximum above 90% over the month, cpu pressure above 10%. 3 to 4 virtual cores for one
   thread of the node are common for general use, 1 to 2 for databases.
4. Storage by kind: thin pools and ZFS need free space to work: act above 80%; a full thin pool means I/O errors and
   damage in guests. Ceph warns at 85%, stops at 95%, and must hold the data of a lost node as well. Backup storage:
   see the prompt backup_audit. A shared storage is listed once for each node: count it once.
5. Promised disk: thin disks may add up to more than there is; give the ratio. Without discard, deleted data keeps its
   space.
6. Growth: use the statistics of month and year; without them say that growth is not known. Distinguish a
   trend from a step (a new guest, a restore). Give the months left as a range. If fewer than six are left, advise to
   order now.
7. Cheap gains first: orphaned images and old snapshots, idle or oversized guests (maximum of the month below a third
   of what they have), unused stopped guests, discard and fstrim.

Traps: the host's view of a VM's use differs from the view inside; PVE 9 counts overhead as well. An average hides the
night's backup: look at the maximum too. Memory of an offline node is not free capacity.

Next tools: pve_get_storage_rrddata and pve_get_node_rrddata with timeframe year; pve_get_qemu_rrddata for guests to
shrink; pve_node_loss_impact for each node; pve_find_orphans.

Report: a verdict in one line (which resource runs out first, and when); a table per node (memory used, promised,
maximum; CPU; state after loss of the biggest) and per storage; the biggest five guests; gains without money; then what
to buy.)";

inline constexpr std::string_view kSecurityReview =
    R"(Review the rights in this cluster and what is open to attack. Use the facts below first. Change nothing without asking.
Users in scope: {user}. Begin a review of one user with its rights (own, by groups, by tokens), its tokens and actions;
give other users a line each.

1. Power: which users have Administrator or a role with Permissions.Modify, Sys.Modify, Sys.Console or Realm.Allocate on
   "/" (propagate 1)? That equals root. Each must be a person or a named service. Prefer groups to users.
2. Users: enabled without expiry and without a known owner, shared accounts, service users with a password. @pam users
   are accounts of the nodes' system: keep only those that need a shell. Daily work does not need root@pam.
3. Tokens (listed with their users): privsep 0 gives the token all rights of its user; for root@pam that is
   everything. Each needs privsep 1, its own role, an expiry and a comment, this server's too.
4. Realms: tfa on a realm forces a second factor on all of its users. No tool shows which users enrolled one: look at
   Datacenter, Permissions, Two Factor. Begin with root@pam. Is LDAP or AD encrypted and verified?
5. Roles: look for custom ones with more rights than their name says, and for PVEVMAdmin where PVEVMUser would be
   enough. VM.Config.Disk changes disks, VM.Console shows the screen, Sys.Audit reads all configuration.
6. Firewall: enable 0 at the datacenter means that no rule works, not even those of guests. policy_in should be DROP
   with 8006 and 22 only from management networks; a rule without source is open to all. No tool shows who is in an IP
   set (root: pvesh get /cluster/firewall/ipset/NAME). A guest is filtered only with enable 1 in its own options and
   firewall=1 on each network card. List disabled rules.
7. Reach: web interface and SSH of nodes, PBS and storage not in the guests' network; corosync and migration on own
   nets. Privileged containers (unprivileged 0), above all with nesting, are near root on the node.
8. Traces: repeated failed logins, rights changed lately (pve_who_did, pve_get_cluster_log).

Traps: a limited token's list does not prove absence. Disabling a user disables its tokens as well. Before anyone
enables a firewall, add a rule that lets you in; otherwise you lock yourself out. Deleting an ACL can cut off backups
and monitoring.

Next tools: pve_get_user, pve_get_lxc_config.

Report: findings by severity (what, why it matters, who is affected, the smallest remedy); then what is good; then what
could not be seen. Never repeat secrets.)";

inline constexpr std::string_view kRestoreDrill =
    R"(Plan a restore drill: bring back guest {guest} from {storage} under a new number, prove that it works, and remove it
again. The original stays as it is. Nothing is created before the user says yes to the plan.

1. Choose the newest backup: it is the first in its list. In some drills, choose an older one. If there is none, or only
   very old ones, report that and stop. If the verification on PBS failed, take another and report it. An encrypted
   backup needs the key on this cluster.
2. What is in it? Disks with backup=0, passthrough disks, bind mounts and mount points without backup=1 are not in it.
   Compare with the config now: the drill shows what would be missing.
3. Choose a node with free memory for the guest's maxmem, and a storage for images (containers: rootdir) with free
   space for the full size of the disks, not only of the backup; stay below 80% afterwards.
4. The new number: pve_get_next_vmid right before; never the number of the guest itself: that overwrites it.
5. Restore without starting it, and with new MAC addresses:
   VM: pve_create_qemu_vm with vmid, archive (the volid), storage, unique true, start false.
   Container: pve_create_lxc_container with vmid, ostemplate (the volid), restore true, storage, unique true.
   Both need the access tier full.
6. Before the first start, isolate the copy, because it would conflict with the original over address, cluster role and
   mail: set link_down=1 on each netN, or a bridge without uplink (repeat the other settings of the card), and onboot 0;
   remove hostpciN and usbN; keep it out of HA, backup jobs and pools that a job covers.
7. Start and check: it boots, the agent answers, the file systems are clean, the services are up, the data is as old as
   the backup says; for databases run their own check. Note the minutes from order to service, the real recovery
   time.
8. Clean up with the user's yes: stop and delete exactly the new number (pve_delete_qemu_vm, pve_delete_lxc_container),
   after reading its name and number again.

Traps: a restore puts load on the storage and network of production: restore in off hours, or set bwlimit. A container's
unprivileged flag and its owner ids matter: keep them as they were. live-restore is only for PBS and only a way to start
sooner. Windows may ask for activation because of new hardware ids.

Report first: backup chosen and its age, target node, storage, number, expected time, the calls in order. After the
drill: passed or not, minutes taken, age of the data, what was missing, what to change in the backups.)";

inline constexpr std::string_view kUpgradeReadiness =
    R"(Judge whether {node} can be upgraded now (packages, or PVE 8 to 9). Use the facts below first. Upgrade, move and change
nothing without asking.

1. Versions: all nodes alike? Versions may differ only during the upgrade. Upgrade to 9 only from the newest 8.4;
   never skip a major version. A node whose running kernel is older than the installed one waits for its reboot.
2. Health first: quorate, all nodes online, no failed services (an enabled but dead service counts;
   corosync counts only in a cluster), no HA service in error, no storage inactive. Do not upgrade a cluster with problems.
3. Room: rootfs at least 5 GiB free, better 10; /boot or ESP not full.
4. Safety: backup of every guest not older than a day on other hardware, one restore tried (prompt restore_drill); copy
   of /etc of each node; a console that does not depend on the network (IPMI), no upgrade inside the web console.
5. Repositories (no tool shows them): enterprise ones need a subscription, else use no-subscription; all must be of the
   same Debian and PVE release, Ceph's included. Ask for "pveversion -v", "apt update" and, for 8 to 9, "pve8to9
   --full".
6. Ceph before PVE: HEALTH_OK, Squid (19) before PVE 9, noout while nodes reboot.
7. One node at a time: empty it (prompt drain_node), "apt dist-upgrade", never "apt upgrade", reboot, check, then the
   next; the least important first. Guests cannot migrate back from new to old.

Traps of 8 to 9: HA groups become rules once all nodes are on 9. GlusterFS storage and maxfiles are gone. Privilege
VM.Monitor is gone: look at custom roles. Containers with systemd older than 230 (CentOS 7, Ubuntu 16.04) do not start
any more. Network cards may get other names: pin them first. /etc/sysctl.conf is no longer read. The package
systemd-boot is to be removed where pve8to9 says so. Third-party plugins and drivers, GPU or backup, must know 9.

Next tools: pve_get_node_status, pve_list_node_services, pve_get_lxc_config (ostype), pve_list_roles,
pve_list_storage_content, pve_cluster_health.

Report: ready, ready after a step, or not now; a table of node, PVE, kernel, rootfs free and blockers; what could not be
seen and the commands that show it; the order of nodes with the guests to move and the downtime of each.)";

}  // namespace catalog
