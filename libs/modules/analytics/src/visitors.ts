/** Accounts and guests have different prefixes, so that a guest cannot count as an account by using its id. */
export const accountVisitor = (accountId: string): string => `user:${accountId}`
export const guestVisitor = (anonymousId: string): string => `guest:${anonymousId}`
