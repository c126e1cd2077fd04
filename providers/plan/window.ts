/** Is this instant inside a daily window ("HH:MM", UTC)? A window may cross midnight; its end is outside. */
export const insideWindow = (window: { readonly start: string; readonly end: string }, now: Date): boolean => {
  const time = now.toISOString().slice(11, 16);
  return window.start <= window.end
    ? window.start <= time && time < window.end
    : window.start <= time || time < window.end;
};
