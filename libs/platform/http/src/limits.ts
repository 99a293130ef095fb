/** Room for headers within 512 KiB, which is what a port call may weigh. */
export const maxBodyBytes = 448 * 1024
export const maxUrlBytes = 8 * 1024
export const maxHeadersBytes = 16 * 1024
/** Levels of objects and lists in a body. */
export const maxDepth = 20
/** Fields of all objects of a body: 1,000 events with 16 properties each. A new name takes 1 us to read, so a body of names alone took 40 ms. */
export const maxFields = 20_000
/** Objects and lists of a body: 1,000 events have 2,001. The longest body has room for 220,000, of which each takes 0.1 us to look into. */
export const maxContainers = 10_000
/** What an upload may take: 50 MiB at 1.4 Mbit/s. */
export const uploadBudgetMs = 5 * 60_000
/** Below this an upload is given up: 50 KiB would take 25 s. The slowest mobile networks have twice as much. */
export const minUploadBytesPerS = 2 * 1024
