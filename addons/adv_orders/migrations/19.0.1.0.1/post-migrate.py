"""The shipped types of two checks change, where a company has not chosen its own."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE adv_check
           SET error_type_id = CASE adv_check.code WHEN 'price_deviation' THEN price.id END
          FROM adv_error_type price
         WHERE price.code = 'price'
           AND (adv_check.code, coalesce(adv_check.error_type_id, 0))
               IN (('price_deviation', 0), ('discount_above_limit', price.id))
        """
    )
