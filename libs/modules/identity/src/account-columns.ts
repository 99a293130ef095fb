/** The columns of an account that an admin sees. */
export const accountColumns = ' id, email, name, role, created_at AS "createdAt", disabled_at AS "disabledAt" '
