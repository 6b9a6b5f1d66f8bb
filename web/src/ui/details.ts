/** The fields that `DetailsFields` shows, as the API names them. */
export const DETAILS = ['title', 'description', 'tags'] as const;
