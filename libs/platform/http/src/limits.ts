/** Leaves room for headers within 512 KiB, the size limit of a port call. */
export const maxBodyBytes = 448 * 1024
export const maxUrlBytes = 8 * 1024
export const maxHeadersBytes = 16 * 1024
/** Levels of objects and lists in a body. */
export const maxDepth = 20
/** Fields of all objects in a body: 1,000 events with 16 properties each. A new name takes 1 us to read; a body of nothing but names took 40 ms. */
export const maxFields = 20_000
/** Objects and lists in a body: 1,000 events have 2,001. The longest body has room for 220,000, and each takes 0.1 us to inspect. */
export const maxContainers = 10_000
/** In milliseconds: how long an upload may take, which is 50 MiB at 1.4 Mbit/s. */
export const uploadBudgetMs = 5 * 60_000
/** An upload slower than this is refused: 50 KiB would take 25 s. The slowest mobile networks are twice as fast. */
export const minUploadBytesPerS = 2 * 1024
