/** What a shell does around a command. */
export interface Around {
  /** Lines before it: they may end the shell, and then it is not run. */
  readonly begin?: string;
  /** Lines behind its end. */
  readonly end?: string;
  /** Whether the service is a child of the command, and not the command itself. */
  readonly isChild?: boolean;
}

/**
 * What a command below a shell or a wrapper begins with, so that it does not stay when that one is
 * killed.
 */
export const TIED = ["setpriv", "--pdeathsig", "KILL"];

/**
 * The words of a shell that runs a command, passes on to the service in it what signals the shell gets,
 * and ends as the command does.
 */
export function passing(command: readonly string[], around: Around): string[] {
  // A shell cannot trap what it was started to ignore, as what runs in the background is, and has what
  // runs beside it ignore SIGINT and SIGQUIT
  const heard = ["env", "--default-signal=INT,QUIT,TERM"];
  return [...heard, "sh", "-c", script(around), "sh", ...TIED, ...heard, ...command];
}

/** A word in quotes for the shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function script({ begin = "", end = "", isChild = false }: Around): string {
  return `passed= command=
# A copy of a process, before it becomes a program of its own, may lose a signal
became() {
  [ -n "$1" ] && name=$(cat "/proc/$1/cmdline") && [ -n "$name" ] &&
    [ "$name" != "$(cat "/proc/$2/cmdline")" ]
}
pass() {
  passed=$1
  [ -n "$command" ] || return 0
  until became "$command" $$${isChild ? CHILD : " && service=$command"}; do
    kill -0 "$command" || return 0
    sleep 0.01
  done
  kill "-$passed" "$service"
} 2>/dev/null
for signal in 2 3 15; do trap "pass $signal" "$signal"; done
${begin}
"$@" &
command=$!
# What came before there was somebody to pass it on to
[ -z "$passed" ] || pass "$passed"
# A signal ends the wait, not the command
until wait "$command"; status=$?; ! kill -0 "$command" 2>/dev/null; do :; done
wait "$command" 2>/dev/null; again=$?
[ "$again" = 127 ] || status=$again
trap '' 2 3 15
${end}
if [ -n "$passed" ] && [ "$status" = "$((128 + passed))" ]; then
  trap - "$passed"
  kill "-$passed" $$
fi
exit "$status"
`;
}

/** Finds the child of the command. */
const CHILD = ` && service=$(cat "/proc/$command/task/$command/children") &&
    service=\${service% } && became "$service" "$command"`;
