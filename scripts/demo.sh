#!/usr/bin/env bash
# A platform's first day with crmvault, in demo-scratch/: each step is printed as a person would type it, then
# done. Deterministic but for keys and times. Ends with status 0 only where every step did what it should.
#
# It builds and runs the debug configuration: from a fresh clone that is several times faster to build, `make
# test` has it already, and what takes time in the demo (Argon2id in libsodium) is C and as fast in both.
# CRMVAULT_CONFIGURATION=release takes the other one.
set -euo pipefail
cd "$(dirname "$0")/.."
configuration=${CRMVAULT_CONFIGURATION:-debug}

echo "Building crmvault and demo-data ($configuration) …"
swift build --configuration "$configuration" --product crmvault
swift build --configuration "$configuration" --product demo-data
programs=$(swift build --configuration "$configuration" --show-bin-path)
export PATH="$programs:$PATH"

rm -rf demo-scratch
mkdir -m 700 demo-scratch
cd demo-scratch
# Nothing of the person's own is read or touched: the default folders lie here, the memory of checkpoints too.
unset CRMVAULT_VAULT CRMVAULT_KEYS CRMVAULT_WARDEN CRMVAULT_USER
unset CRMVAULT_PASSPHRASE_FILE CRMVAULT_PASSPHRASE_COMMAND CRMVAULT_TEST_KDF
export XDG_STATE_HOME=$PWD/state
umask 077
output=$PWD/output.txt

chapter() { printf '\n\n# %s\n' "$*"; }

# Runs a command line as typed; it must exit with this status. Its standard output stays in $output.
expect() {
  local wanted=$1 line=$2 status=0
  printf '\n$ %s\n' "$line"
  bash -o pipefail -c "$line" 2>&1 </dev/null | tee "$output" || status=$?
  if [ "$status" -ne "$wanted" ]; then
    echo "demo: exit status $status, not $wanted" >&2
    exit 1
  fi
  [ "$wanted" -eq 0 ] || echo "(exit status $status)"
}
step() { expect 0 "$1"; }

# What somebody logged in would have in the environment.
become() {
  export CRMVAULT_USER=$1 CRMVAULT_PASSPHRASE_FILE=passphrases/$1
  printf '\n$ export CRMVAULT_USER=%s CRMVAULT_PASSPHRASE_FILE=passphrases/%s\n' "$1" "$1"
}

# The first pseudonym of the last output.
first_id() { grep -oE 'C-[0-9A-Z*~$=-]+' "$output" | head -n 1 || true; }

# The output of the last step must contain this text.
must_say() {
  grep -qF -- "$1" "$output" || {
    echo "demo: the step before should have said: $1" >&2
    exit 1
  }
}

chapter "A platform that does not exist: customers, bills of two channels, ratings, referrals, consents, factors"
step "demo-data --customers 500 --foreign-share 2 --seed 1 --out data"
step "wc -l data/*.csv"
step "head -n 3 data/customers.csv"

chapter "Everybody makes an identity. Each keeps a passphrase; here they lie in files that only their owner reads"
mkdir passphrases
for user in carol stella adam nina paul olga bert; do
  head -c 18 /dev/urandom | base64 >"passphrases/$user"
done
for user in stella adam nina paul olga; do
  step "crmvault user new $user --kdf interactive --passphrase-file passphrases/$user"
done

chapter "Carol is the custodian: she orders, and reads no customer data. One person for each role"
become carol
step "crmvault init --name demo --user carol --kdf interactive --roles custodian --grant stella:steward --grant adam:agent \
--grant nina:analyst --grant paul:privacy-officer --grant olga:auditor --currency CNY --zone Asia/Shanghai"
step "crmvault role list"
step "crmvault whoami"

chapter "Bert joins the agents: Carol orders it, Adam, who has the role, confirms it and seals the key"
step "crmvault user new bert --kdf interactive --passphrase-file passphrases/bert"
# As Bert would read it out over the telephone.
fingerprint=$(grep -oE '[0-9a-f]{32}' "$output" | head -n 1 || true)
step "crmvault user add bert --role agent"
become adam
step "crmvault role confirm bert agent --fingerprint $fingerprint"
step "crmvault user list"

chapter "Stella, the steward, imports"
become stella
step "crmvault import --dry-run data/customers.csv"
step "crmvault import data/customers.csv"
step "crmvault import data/bills-app.csv"
step "crmvault import data/bills-store.csv"
step "crmvault import data/ratings.csv"
step "crmvault import data/referrals.csv"
step "crmvault import data/consents.csv"
step "crmvault import data/factors.csv"

chapter "The same file again adds nothing"
step "crmvault import data/bills-app.csv --json"
must_say '"events_added":0'

chapter "She searches for a part of a name: a bulk read, and the log says so"
step "printf '诸葛' | crmvault customer search --from -"

chapter "Adam, an agent, has a customer on the phone: masked, then one field for a purpose"
# What a person would write into a file, so that it stands in no shell history.
awk -F, 'NR > 1 && $3 != "" { print $3; exit }' data/customers.csv >phone.txt
become adam
step "crmvault customer find phone --from phone.txt"
customer=$(first_id)
step "crmvault customer show $customer"
step "crmvault customer show $customer --reveal phone --purpose service"
step "crmvault customer rate $customer --quality 5 --service 4 --price 4"
step "printf 'ARTICLE-1' | crmvault customer find account.default --from -"
article=$(first_id)

chapter "Nina, the analyst, scores everybody and sees nobody"
become nina
step "crmvault score models"
step "crmvault score run --as-of 2025-06-30 --limit 5"
step "crmvault score explain $article --as-of 2025-06-30"
must_say 338.33
expect 77 "crmvault customer show $customer"

chapter "Olga, the auditor, reads what happened, and no customer"
become olga
step "crmvault audit list --actor nina"
step "crmvault audit list --outcome denied"
step "crmvault audit subject $customer"
step "crmvault audit verify"
step "crmvault audit prove 5 --out entry-5.tlog-proof"
step "cat entry-5.tlog-proof"

chapter "Anybody may check the whole vault, and what the machine could not promise"
step "crmvault verify"
step "crmvault doctor"

chapter "What lies on the disk names nobody"
digits=$(tr -dc 0-9 <phone.txt)
step "! grep -rqaF -e '$(cat phone.txt)' -e ${digits: -10} -e 诸葛 crm.vault keys state"

echo
echo "Done. Everything is in demo-scratch/, and the next run starts over."
