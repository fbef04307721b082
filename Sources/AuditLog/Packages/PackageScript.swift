/// The script of a package: what checks it where nothing of ours is installed.
public enum PackageScript {
  /// A script for a POSIX shell, openssl and coreutils.
  public static let text = #"""
    #!/bin/sh
    # Checks this package with a POSIX shell, openssl and GNU coreutils, and nothing else. In the package's folder:
    #
    #   sh check.sh signatures YOUR.vkey   the checkpoints are signed by the key that you hold
    #   sh check.sh tree                   the entries, and no others, lead to the signed roots (RFC 6962)
    #   sh check.sh bodies                 every what and who is the one that its entry names
    set -eu
    LC_ALL=C
    export LC_ALL
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT

    fail() {
      echo "FAILED: $*" >&2
      exit 1
    }

    size_of() { head -n 2 "$1" | tail -n 1; }
    binary() { tr a-f A-F | basenc --base16 -d; }
    node() { printf '01%s%s' "$1" "$2" | binary | sha256sum | cut -c 1-64; }

    start=0
    [ ! -e checkpoints/start ] || start=$(size_of checkpoints/start)
    end=$(size_of checkpoints/end)
    first=$((start / 256 * 256))

    # Ed25519 over the three lines of each checkpoint, by the key of a vkey: NAME+ID+KEY.
    signatures() {
      name=$(cut -d + -f 1 "$1")
      printf '\060\052\060\005\006\003\053\145\160\003\041\000' >"$scratch/key"
      cut -d + -f 3- "$1" | base64 -d | tail -c 32 >>"$scratch/key"
      for note in checkpoints/*; do
        [ "$(head -n 1 "$note")" = "$name" ] || fail "$note is of another log than the key"
        [ -z "$(tail -n +4 "$note" | head -n 1)" ] || fail "$note is not three lines and an empty one"
        head -n 3 "$note" >"$scratch/text"
        tail -n +5 "$note" >"$scratch/lines"
        signed=no
        while read -r _ who blob; do
          [ "$who" = "$name" ] || continue
          printf '%s' "$blob" | base64 -d | tail -c 64 >"$scratch/signature"
          openssl pkeyutl -verify -pubin -keyform DER -inkey "$scratch/key" -rawin -in "$scratch/text" \
            -sigfile "$scratch/signature" >"$scratch/said" 2>&1 || fail "the log's signature on $note does not verify"
          signed=yes
        done <"$scratch/lines"
        [ $signed = yes ] || fail "$note has no signature by this key"
        echo "$note: signed by the log at $(size_of "$note") entries"
      done
    }

    # The hash of every leaf: SHA-256(0x00 || entry). Each entry says its own number.
    leaves() {
      : >"$scratch/leaves"
      seq=$first
      for file in entries/*.envelope; do
        mkdir "$scratch/n"
        n=1000
        while IFS= read -r entry; do
          case $entry in
            *'","seq":"'"$seq"'","state":"'*) ;;
            *) fail "entry $seq is not where it belongs, in $file" ;;
          esac
          printf '\000%s' "$entry" >"$scratch/n/$n"
          n=$((n + 1))
          seq=$((seq + 1))
        done <"$file"
        sha256sum "$scratch"/n/* | cut -c 1-64 >>"$scratch/leaves"
        rm -r "$scratch/n"
      done
      [ "$seq" -eq "$end" ] || fail "there are entries up to $seq, and the checkpoint says $end"
    }

    # The level above $scratch/level: SHA-256(0x01 || left || right) of each pair, in portions of 4096.
    pairs() {
      mkdir "$scratch/parts"
      : >"$scratch/above"
      yes 01 2>"$scratch/said" | head -n "$1" >"$scratch/ones"
      head -n $((2 * $1)) "$scratch/level" | paste -d '\0' - - | paste -d '\0' "$scratch/ones" - | tr -d '\n' |
        binary >"$scratch/blob"
      split -b 266240 -a 6 -d "$scratch/blob" "$scratch/parts/"
      for part in "$scratch"/parts/*; do
        mkdir "$scratch/n"
        split -b 65 -a 4 -d "$part" "$scratch/n/"
        sha256sum "$scratch"/n/* | cut -c 1-64 >>"$scratch/above"
        rm -r "$scratch/n"
      done
      rm -r "$scratch/parts"
    }

    # The root of the tree of a size, in base64: from the leaves, and from the full subtrees before the first of them.
    root_at() {
      head -n $(($1 - first)) "$scratch/leaves" >"$scratch/level"
      root=
      level=0
      before=$first
      while [ -s "$scratch/level" ] || [ "$before" -gt 0 ]; do
        if [ $((before % 2)) -eq 1 ]; then
          peak=
          while read -r where hash; do [ "$where" != "$level" ] || peak=$hash; done <frontier
          [ -n "$peak" ] || fail "the frontier has no subtree of level $level"
          { echo "$peak" && cat "$scratch/level"; } >"$scratch/joined"
          mv "$scratch/joined" "$scratch/level"
        fi
        count=$(wc -l <"$scratch/level")
        if [ $((count % 2)) -eq 1 ]; then
          last=$(tail -n 1 "$scratch/level")
          if [ -n "$root" ]; then root=$(node "$last" "$root"); else root=$last; fi
        fi
        : >"$scratch/above"
        [ "$count" -lt 2 ] || pairs $((count / 2))
        mv "$scratch/above" "$scratch/level"
        before=$((before / 2))
        level=$((level + 1))
      done
      printf '%s' "$root" | binary | base64
    }

    tree() {
      leaves
      for note in checkpoints/*; do
        [ "$(root_at "$(size_of "$note")")" = "$(head -n 3 "$note" | tail -n 1)" ] ||
          fail "the entries do not lead to the root of $note"
        echo "$note: the entries lead to its root"
      done
      echo "$((end - start)) entries, from $start to $((end - 1)): none is missing, changed or added"
    }

    # The hash of each file of a folder as an envelope has it, less the padding.
    digests() {
      sha256sum "$1"/* | cut -c 1-64 | while read -r hash; do printf '%s00' "$hash"; done | binary | base64 -w 44 |
        cut -c 1-43
    }

    bodies() {
      shown=0
      withheld=0
      for file in entries/*.what; do
        base=${file%.what}
        mkdir "$scratch/what" "$scratch/who"
        : >"$scratch/named.what"
        : >"$scratch/named.who"
        exec 3<"$base.envelope" 4<"$base.what" 5<"$base.who"
        # The number in the name, less its leading zeros: with them a shell would read it as octal.
        seq=${base#entries/}
        while [ "${#seq}" -gt 1 ] && [ "${seq#0}" != "$seq" ]; do seq=${seq#0}; done
        while IFS= read -r entry <&3; do
          if [ "$seq" -ge "$start" ]; then
            IFS= read -r what <&4 || fail "$base.what ends before entry $seq"
            IFS= read -r who <&5 || fail "$base.who ends before entry $seq"
            n=$((seq % 256 + 1000))
            rest=${entry##*'","v":1,"what":"'}
            if [ -n "$what" ]; then
              printf '%s' "$what" >"$scratch/what/$n"
              echo "${rest%%=*}" >>"$scratch/named.what"
            fi
            rest=${rest##*'","who":"'}
            if [ -n "$who" ]; then
              printf '%s' "$who" >"$scratch/who/$n"
              echo "${rest%%=*}" >>"$scratch/named.who"
            fi
            if [ -n "$what" ] && [ -n "$who" ]; then shown=$((shown + 1)); else withheld=$((withheld + 1)); fi
          fi
          seq=$((seq + 1))
        done
        ! read -r what <&4 || fail "$base.what has more lines than entries"
        ! read -r who <&5 || fail "$base.who has more lines than entries"
        for part in what who; do
          [ -s "$scratch/named.$part" ] || continue
          [ "$(digests "$scratch/$part" | sha256sum)" = "$(sha256sum <"$scratch/named.$part")" ] ||
            fail "$base.$part has a line that is not what its entry names"
        done
        rm -r "$scratch/what" "$scratch/who"
      done
      [ $((shown + withheld)) -eq $((end - start)) ] || fail "there are parts of $((shown + withheld)) entries"
      echo "what and who of $shown entries are those that the entries name; of $withheld a part was erased"
    }

    case ${1-} in
      signatures) signatures "${2?which vkey file?}" ;;
      tree) tree ;;
      bodies) bodies ;;
      *) fail "usage: sh check.sh signatures YOUR.vkey | tree | bodies" ;;
    esac

    """#
}
