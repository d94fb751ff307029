import { RetryBudget, systemClock } from '../reply/index.js';

/** What all elements of this page may try again by themselves. */
export const pageRetryBudget = new RetryBudget(systemClock);
