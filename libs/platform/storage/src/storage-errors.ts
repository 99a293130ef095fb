import { errors } from '@kilomega/ports'

export const storageErrors = errors({
  STORAGE_FULL: ['unavailable', 'There is not enough space to store this', 507],
  OBJECT_MISSING: ['missing', 'The object does not exist'],
  OBJECT_TOO_LARGE: ['invalid', 'This is larger than allowed', 413],
})
