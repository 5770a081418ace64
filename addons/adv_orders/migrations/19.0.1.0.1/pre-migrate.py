"""Overrides name their check, changes name their order: what outlives both knows what it was about."""


def migrate(cr, version):
    cr.execute(
        """
        ALTER TABLE adv_check_override ADD COLUMN IF NOT EXISTS check_id int4;
        UPDATE adv_check_override override
           SET check_id = result.check_id
          FROM adv_check_result result
         WHERE result.id = override.result_id AND override.check_id IS NULL;
        ALTER TABLE adv_order_amendment ADD COLUMN IF NOT EXISTS order_name varchar;
        UPDATE adv_order_amendment amendment
           SET order_name = sale_order.name
          FROM sale_order
         WHERE sale_order.id = amendment.order_id AND amendment.order_name IS NULL;
        ALTER TABLE adv_promise_change ADD COLUMN IF NOT EXISTS order_name varchar;
        UPDATE adv_promise_change change
           SET order_name = sale_order.name
          FROM sale_order
         WHERE sale_order.id = change.order_id AND change.order_name IS NULL;
        """
    )
