#include "facts/registered.h"

namespace facts {
namespace {

// From memory of PVE 9's sources (qemu-server, guest-common, cluster); what a recording has shown: the keys
// of ipconfig and prune-backups, the range of max-workers, and that cicustom takes nothing without a key.
constexpr std::string_view kForms =
    "form\tpve-qm-ipconfig\n"
    "\tgw\tstring\tformat=ipv4\tneeds=ip\n"
    "\tgw6\tstring\tformat=ipv6\tneeds=ip6\n"
    "\tip\tstring\tformat=pve-ipv4-config\n"
    "\tip6\tstring\tformat=pve-ipv6-config\n"
    "form\tpve-qm-cicustom\n"
    "\tmeta\tstring\tformat=pve-volume-id\n"
    "\tnetwork\tstring\tformat=pve-volume-id\n"
    "\tuser\tstring\tformat=pve-volume-id\n"
    "\tvendor\tstring\tformat=pve-volume-id\n"
    "form\tpve-qm-boot\n"
    "\tlegacy\tstring\tpattern=[acdn]{1,4}\tunnamed=1\n"
    "\torder\tstring\n"
    "form\tpve-qm-hostpci\n"
    "\tdevice-id\tstring\tpattern=0x[0-9a-fA-F]{4}\n"
    "\tdriver\tstring\tsince=9.0\tenum=vfio|keep\n"
    "\thost\tstring\tunnamed=1\n"
    "\tlegacy-igd\tboolean\n"
    "\tmapping\tstring\tformat=pve-configid\n"
    "\tmdev\tstring\n"
    "\tpcie\tboolean\n"
    "\trombar\tboolean\n"
    "\tromfile\tstring\n"
    "\tsub-device-id\tstring\tpattern=0x[0-9a-fA-F]{4}\n"
    "\tsub-vendor-id\tstring\tpattern=0x[0-9a-fA-F]{4}\n"
    "\tvendor-id\tstring\tpattern=0x[0-9a-fA-F]{4}\n"
    "\tx-vga\tboolean\n"
    "form\tpve-qm-watchdog\n"
    "\taction\tstring\tenum=reset|shutdown|poweroff|pause|debug|none\n"
    "\tmodel\tstring\tenum=i6300esb|ib700\tunnamed=1\n"
    "form\tpve-qm-smbios1\n"
    "\tbase64\tboolean\n"
    "\tfamily\tstring\n"
    "\tmanufacturer\tstring\n"
    "\tproduct\tstring\n"
    "\tserial\tstring\n"
    "\tsku\tstring\n"
    "\tuuid\tstring\tpattern=[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}\n"
    "\tversion\tstring\n"
    "form\tpve-qm-rng\n"
    "\tmax_bytes\tinteger\n"
    "\tperiod\tinteger\n"
    "\tsource\tstring!\tenum=/dev/urandom|/dev/random|/dev/hwrng\tunnamed=1\n"
    "form\tprune-backups\n"
    "\tkeep-all\tboolean\n"
    "\tkeep-daily\tinteger\tmin=0\n"
    "\tkeep-hourly\tinteger\tmin=0\n"
    "\tkeep-last\tinteger\tmin=0\n"
    "\tkeep-monthly\tinteger\tmin=0\n"
    "\tkeep-weekly\tinteger\tmin=0\n"
    "\tkeep-yearly\tinteger\tmin=0\n"
    "form\tbackup-performance\n"
    "\tmax-workers\tinteger\tmin=1\tmax=256\n"
    "\tpbs-entries-max\tinteger\tmin=1\n"
    "form\tbackup-fleecing\n"
    "\tenabled\tboolean\tunnamed=1\n"
    "\tstorage\tstring\tformat=pve-storage-id\n";

}  // namespace

std::string_view registered_forms() { return kForms; }

}  // namespace facts
