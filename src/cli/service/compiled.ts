/** Whether this program is an executable of its own: its modules appear to be in that folder. */
export const IS_COMPILED = import.meta.path.startsWith("/$bunfs/");
