/** Of an account as whoever administers accounts sees it. */
export const accountColumns = ' id, email, name, role, created_at AS "createdAt", disabled_at AS "disabledAt" '
