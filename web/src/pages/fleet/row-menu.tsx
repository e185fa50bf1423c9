import { Copy, EllipsisVertical, Pencil } from 'lucide';
import { MenuItem, MenuLink, Popover } from '../../components/menu';
import { IconButton } from '../../components/button';
import { toast } from '../../components/toast';
import { copy } from '../../lib/copy';
import { deviceUrl, pollNow } from '../../lib/device';
import type { Row } from '../../lib/row';
import { hostText } from '../../lib/row-text';
import { isAdmin } from '../../lib/session';

/** What can be done about one device from here. None of it changes the device. */
export function RowMenu({ row, tabIndex }: { row: Row; tabIndex: number }) {
  const url = deviceUrl(row);
  const id = encodeURIComponent(row.id);
  return (
    <Popover
      label={`Actions for ${row.name}`}
      button={(isOpen, toggle) => (
        <IconButton
          name={EllipsisVertical}
          label={`More about ${row.name}`}
          tabIndex={tabIndex}
          expanded={isOpen}
          class="size-7! max-lg:size-7!"
          onClick={toggle}
        />
      )}
    >
      {(close) => (
        <>
          <MenuLink icon="list" href={`/d/${id}`}>
            All details
          </MenuLink>
          {url && (
            <MenuLink icon="out" href={url}>
              Open its page
            </MenuLink>
          )}
          {hostText(row) && <MenuItem
            icon={Copy}
            onClick={() => {
              close();
              void copy(hostText(row)).then((isDone) => toast(isDone ? `Copied ${hostText(row)}` : 'Copying is not possible here', { isBad: !isDone }));
            }}
          >
            Copy address
          </MenuItem>}
          {isAdmin() && (
            <>
              <MenuItem
                icon="refresh"
                onClick={() => {
                  close();
                  void pollNow(row);
                }}
              >
                Poll now
              </MenuItem>
              <MenuLink icon={Pencil} href={`/settings/devices?edit=${id}`}>
                Edit
              </MenuLink>
            </>
          )}
        </>
      )}
    </Popover>
  );
}
