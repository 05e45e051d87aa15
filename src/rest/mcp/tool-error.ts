// What a tool can't do, in words for the model that asked: an answer with isError, no failure of
// the protocol.

export class ToolError extends Error {}
