/// The one script of a report: the table of entries. It reads data that lies in the page, writes texts and never
/// markup, and asks nothing of any other place.
enum ReportScript {
  /// The script's text; the page's policy names its hash.
  static let text = #"""
    'use strict';
    (() => {
      const byId = (id) => document.getElementById(id);
      const data = JSON.parse(byId('data').textContent);
      const names = data.names, rows = data.rows;
      const frame = byId('frame'), body = byId('entries-body'), search = byId('search'), count = byId('count');
      const heads = Array.from(document.querySelectorAll('#entries-table th[data-column]'));
      // Columns of a row: 0 number, 1 milliseconds, 2 actor, 3 role, 4 action, 5 whom, 6 purpose, 7 classes, 8 outcome,
      // 9 ticket, 10 in a flag.
      const time = (row) => new Date(row[1]).toISOString().replace('T', ' ').slice(0, 19);
      const cell = (row, column) => column === 0 ? String(row[0]) : column === 1 ? time(row) : names[row[column]];
      const shown = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
      const lower = names.map((name) => name.toLowerCase());
      const rank = new Int32Array(names.length);
      names.map((name, index) => index).sort((a, b) => names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : 0)
        .forEach((index, place) => { rank[index] = place; });
      let order = rows.map((row, index) => index), sorted = 0, upward = true, printing = false;
      const height = 30, margin = 12, printed = 500;

      const matches = (row, words) => words.every((word) => {
        if (String(row[0]) === word || time(row).includes(word)) return true;
        for (let column = 2; column <= 9; column += 1) if (lower[row[column]].includes(word)) return true;
        return word === 'flagged' && row[10] === 1;
      });
      const compare = (left, right) => {
        const a = rows[left], b = rows[right];
        const by = sorted < 2 ? a[sorted] - b[sorted] : rank[a[sorted]] - rank[b[sorted]];
        return (by || a[0] - b[0]) * (upward ? 1 : -1);
      };
      const line = (row) => {
        const tr = document.createElement('tr');
        if (row[10] === 1) tr.className = 'flagged';
        for (const column of shown) {
          const td = document.createElement('td');
          const text = cell(row, column);
          td.textContent = text;
          if (column === 0) td.className = 'number';
          if (column === 8 && text !== 'allowed') td.className = 'refused';
          if (column === 1 || column === 5) td.className = 'fixed';
          td.title = text;
          tr.append(td);
        }
        return tr;
      };
      const spacer = (rowsOfHeight) => {
        const tr = document.createElement('tr');
        tr.className = 'spacer';
        tr.setAttribute('aria-hidden', 'true');
        const td = document.createElement('td');
        td.colSpan = shown.length;
        td.style.height = rowsOfHeight * height + 'px';
        tr.append(td);
        return tr;
      };
      const draw = () => {
        const first = printing ? 0 : Math.max(0, Math.floor(frame.scrollTop / height) - margin);
        const last = printing ? Math.min(order.length, printed)
          : Math.min(order.length, Math.ceil((frame.scrollTop + frame.clientHeight) / height) + margin);
        const part = document.createDocumentFragment();
        if (first > 0) part.append(spacer(first));
        for (let place = first; place < last; place += 1) part.append(line(rows[order[place]]));
        if (!printing && last < order.length) part.append(spacer(order.length - last));
        body.replaceChildren(part);
        const all = rows.length.toLocaleString('en');
        const found = order.length === rows.length ? all + ' entries'
          : order.length.toLocaleString('en') + ' of ' + all + ' entries';
        count.textContent = printing && order.length > printed ? found + ', the first ' + printed + ' printed' : found;
      };
      const choose = () => {
        const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== '');
        order = [];
        for (let index = 0; index < rows.length; index += 1) if (matches(rows[index], words)) order.push(index);
        order.sort(compare);
        frame.scrollTop = 0;
        draw();
      };
      for (const head of heads) {
        head.querySelector('button').addEventListener('click', () => {
          const column = Number(head.dataset.column);
          upward = column === sorted ? !upward : true;
          sorted = column;
          for (const other of heads) other.removeAttribute('aria-sort');
          head.setAttribute('aria-sort', upward ? 'ascending' : 'descending');
          order.sort(compare);
          draw();
        });
      }
      let waiting = 0;
      search.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(choose, 120); });
      let asked = false;
      const later = () => {
        if (asked) return;
        asked = true;
        requestAnimationFrame(() => { asked = false; draw(); });
      };
      frame.addEventListener('scroll', later, { passive: true });
      addEventListener('resize', later);
      addEventListener('beforeprint', () => { printing = true; draw(); });
      addEventListener('afterprint', () => { printing = false; draw(); });
      for (const link of document.querySelectorAll('a[data-find]')) {
        link.addEventListener('click', () => { search.value = link.dataset.find; choose(); });
      }
      byId('entries-live').hidden = false;
      draw();
    })();
    """#
}
