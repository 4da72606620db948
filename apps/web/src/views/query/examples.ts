// Queries to begin with. They also show what may be drawn: a time and a process make marks, numbers a chart.

export const EXAMPLES: readonly (readonly [name: string, sql: string])[] = [
  [
    "Slowest functions",
    "select module, function, count(*) as n,\n       quantile_cont(duration_ns, 0.99) as p99_ns\nfrom calls group by all order by p99_ns desc nulls last limit 20",
  ],
  [
    "Slow calls in time",
    "select t_enter as t, pid, module || '.' || function as function, duration_ns, call\nfrom calls where duration_ns > 1e6 order by t limit 10000",
  ],
  [
    "Longest in a mailbox",
    "select t_received, to_pid, from_pid, kind, dwell_ns, message, term(body) as body\nfrom messages order by dwell_ns desc nulls last limit 20",
  ],
  [
    "What raised",
    "select t_exit, pid, module, function, term(result) as reason, exit_event\nfrom calls where outcome = 'raised' order by t_exit limit 50",
  ],
  [
    "States by process",
    "select pid, count(*) as versions, max(t) as last_t\nfrom states group by pid order by versions desc limit 50",
  ],
  ["Gaps", "select * from gaps order by t_from"],
];
