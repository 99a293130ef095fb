/** Accounts and guests are told apart, so that nobody counts as an account by naming its id. */
export const accountVisitor = (accountId: string): string => `user:${accountId}`
export const guestVisitor = (anonymousId: string): string => `guest:${anonymousId}`
