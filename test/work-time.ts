// What something costs this process, whatever others do on the machine meanwhile.

const MICROSECONDS = 1e3;

/**
 * Milliseconds of processor time that this process has taken, all its threads together: differences
 * do not grow when the machine is busy, as those of a clock do.
 */
export function workMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS;
}
